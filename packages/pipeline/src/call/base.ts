import { ConfigError } from '../errors/config-error.js';
import { OutOfBaseError } from '../errors/request-errors.js';

/** 127.0.0.0/8, ::1 and `localhost`, which browsers and resolvers keep on the machine (RFC 6761, section 6.3). */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' ||
  hostname.endsWith('.localhost') ||
  hostname === '[::1]' ||
  /^127(?:\.\d{1,3}){3}$/.test(hostname);

/**
 * A base URL in its one spelling: normalised href ending in `/`.
 * @throws ConfigError naming `field` for anything but https, or http to loopback, and for a URL with
 *   user information, query or fragment.
 */
export const normaliseBase = (value: string, field: string): string => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined) {
    throw new ConfigError(field, 'is no URL; give one such as https://example.atlassian.net');
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(url.hostname))) {
    throw new ConfigError(
      field,
      'must be https, since credentials are sent there (http: loopback only)',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new ConfigError(field, 'must not hold a user name or password');
  }
  if (url.search !== '' || url.hash !== '') {
    throw new ConfigError(field, 'must not hold a query or fragment');
  }
  return url.pathname.endsWith('/') ? url.href : `${url.href}/`;
};

/** What a server that decodes once more could take for a dot, a separator or a parameter's beginning. */
const ENCODED_STRUCTURE = /%(?:2e|2f|3b|5c)/gi;
const DECODED: Readonly<Record<string, string>> = { e: '.', f: '/', b: ';', c: '/' };

/** Tomcat, and so Data Center, drops `;…` from a segment before it looks for dot segments. */
const DOTS_WITH_PARAMETER = /(\/\.{1,2});[^/]*/g;

const asServerMayRead = (path: string): string =>
  path
    .replace(ENCODED_STRUCTURE, (escaped) => DECODED[escaped.slice(-1).toLowerCase()] ?? escaped)
    .replace(DOTS_WITH_PARAMETER, '$1');

/**
 * The URL for `path` below `base`, after WHATWG normalisation.
 * @throws OutOfBaseError when it would leave the base, also after one more percent-decode.
 */
export const urlUnderBase = (base: string, path: string, template?: string): URL => {
  const joined = base + (path.startsWith('/') ? path.slice(1) : path);
  const url = URL.canParse(joined) ? new URL(joined) : undefined;
  if (url === undefined || !isUnderBase(url, base)) {
    throw new OutOfBaseError(
      'The path leads out of the base URL that its credential belongs to; build it with `route`.',
      template,
    );
  }
  return url;
};

/** Whether `url`, normalised, lies under the normalised `base`: scheme, host, port and path prefix. */
export const isUnderBase = (url: URL, base: string): boolean => {
  // Without its last slash a base is also the beginning of other hosts and of its neighbours.
  if (!base.endsWith('/') || !url.href.startsWith(base)) return false;
  if (url.username !== '' || url.password !== '') return false;
  const { pathname } = url;
  if (!pathname.includes('%') && !pathname.includes(';')) return true;
  const read = asServerMayRead(pathname);
  return read === pathname || new URL(url.origin + read).href.startsWith(base);
};
