/** Longer ones are no address that a person was at. */
const LONGEST = 16_384;

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0020\u007f-\u009f]/;

/**
 * The URL of a path (with query) on our own origin; `undefined` for whatever a browser, a proxy or one
 * more percent-decode could take for another place: `//evil`, `/\evil`, `/<tab>/evil`, `/%09/evil`.
 */
export const localUrl = (origin: string, value: unknown): URL | undefined => {
  if (typeof value !== 'string' || value.length > LONGEST || !value.startsWith('/')) return;
  const path = value.split(/[?#]/, 1)[0] ?? '';
  if (CONTROL.test(value) || path.includes('\\') || leadsAway(path)) return;
  // Joined, not resolved: so that the authority is ours whatever follows.
  const url = URL.canParse(origin + value) ? new URL(origin + value) : undefined;
  if (url === undefined || url.origin !== origin || leadsAway(url.pathname)) return;
  url.hash = '';
  return url;
};

const leadsAway = (path: string): boolean => {
  let read = path;
  for (let layer = 0; layer < 3; layer += 1) {
    if (/^\/[/\\]/.test(read) || CONTROL.test(read.slice(0, 3))) return true;
    const decoded = decode(read);
    if (decoded === read) return false;
    read = decoded;
  }
  return false;
};

const decode = (text: string): string =>
  text.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
