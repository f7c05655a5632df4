import type { Exposure } from './decide-redirect.js';

type HeaderRecord = Readonly<Record<string, string>>;

const CREDENTIALS: ReadonlySet<string> = new Set(['authorization', 'cookie']);

/** All that another origin gets of the caller's: which form and which part of the answer is wanted. */
const HARMLESS: ReadonlySet<string> = new Set(['accept', 'accept-encoding', 'if-range', 'range']);

const keep = (headers: HeaderRecord, isKept: (name: string) => boolean): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => isKept(name)));

/** The headers that go along to the next hop. */
export const hopHeaders = (
  headers: HeaderRecord,
  exposure: Exposure,
  { hasBody, userAgent }: { readonly hasBody: boolean; readonly userAgent: string | undefined },
): HeaderRecord => {
  if (exposure === 'bare') {
    const bare = keep(headers, (name) => HARMLESS.has(name));
    return userAgent === undefined ? bare : { ...bare, 'user-agent': userAgent };
  }
  return keep(
    headers,
    (name) =>
      (exposure === 'full' || !CREDENTIALS.has(name)) && (hasBody || !name.startsWith('content-')),
  );
};
