/** What of an address is compared. */
interface Address {
  readonly protocol: string;
  readonly host: string;
  readonly path: string;
}

/** `example.com`, `https://example.com/path`, `wss://…`: https where none is named; no query, no fragment. */
const readAddress = (text: string): Address => {
  const protocol = /^[^:]*:/.exec(text)?.[0] ?? 'https:';
  const rest = text
    .replace(protocol, '')
    .replace(/^\/*\\*/, '')
    .replace(/[?#].*/s, '');
  const slash = rest.indexOf('/');
  return slash < 0
    ? { protocol, host: rest, path: '/' }
    : { protocol, host: rest.slice(0, slash), path: rest.slice(slash) };
};

/** What a URL parser reads as another host than this text: `evil.example\@good.example`. */
const AMBIGUOUS_HOST = /[\\@\0-\x20]/;

/** A pattern's host: that very text, or, where it begins with one, any text for each `*`. */
const hostMatcher = (pattern: string): ((host: string) => boolean) => {
  const decoded = decodeURIComponent(pattern);
  if (!decoded.startsWith('*')) return (host) => host === pattern;
  const literals = decoded.split('*').map((text) => text.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${literals.join('.*')}$`);
  return (host) => expression.test(host);
};

/** What a browser upgrades an address to is allowed with it (CSP 3, section 6.7.2.8). */
const UPGRADES: Readonly<Record<string, string>> = { 'http:': 'https:', 'ws:': 'wss:' };

/** CSP 3, section 6.7.2.10: a pattern's path that ends in a slash stands for all beneath it. */
const isPathAllowed = (allowed: string, path: string): boolean =>
  allowed === '/' || (allowed.endsWith('/') ? path.startsWith(allowed) : path === allowed);

/**
 * Which addresses a manifest's list lets through. `*` alone lets all.
 * @param byBrowser heed paths and upgrades, as a browser's content security policy does; else protocol and
 *   host alone count, as for a fetch of the backend
 */
export const addressMatcher = (
  patterns: readonly string[],
  byBrowser: boolean,
): ((address: string) => boolean) => {
  if (patterns.includes('*')) return () => true;
  const allowed = patterns.map((pattern) => {
    const address = readAddress(pattern);
    return { ...address, isHost: hostMatcher(address.host) };
  });
  return (text) => {
    const { protocol, host, path } = readAddress(text);
    if (AMBIGUOUS_HOST.test(host)) return false;
    return allowed.some(
      (pattern) =>
        (pattern.protocol === protocol || (byBrowser && UPGRADES[pattern.protocol] === protocol)) &&
        pattern.isHost(host) &&
        (!byBrowser || isPathAllowed(pattern.path, path)),
    );
  };
};

/** What messages say of an address: queries carry keys, and messages end up in logs. */
export const withoutQuery = (address: string): string => address.replace(/[?#].*/s, '');
