import { REDACTED } from './redacted.js';

/** Header names whose values say nothing secret; every other value is REDACTED. */
const SHOWN_HEADERS: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'allow',
  'atl-request-id',
  'atl-traceid',
  'beta-ratelimit',
  'beta-ratelimit-policy',
  'beta-retry-after',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'ratelimit-reason',
  'retry-after',
  'user-agent',
  'vary',
  'x-atlassian-token',
  'x-failure-category',
  'x-ratelimit-limit',
  'x-ratelimit-nearlimit',
  'x-ratelimit-remaining',
  'x-ratelimit-reset',
  'x-seraph-loginreason',
]);

/** Query names whose values say nothing secret and nothing personal. */
const SHOWN_QUERY: ReadonlySet<string> = new Set([
  'body-format',
  'depth',
  'expand',
  'limit',
  'sort',
  'start',
  'status',
  'type',
]);

type HeaderEntries = Iterable<readonly [string, string]> | Readonly<Record<string, string>>;

const entriesOf = (headers: HeaderEntries): Iterable<readonly [string, string]> =>
  Symbol.iterator in headers
    ? (headers as Iterable<readonly [string, string]>)
    : Object.entries(headers as Record<string, string>);

/** A copy that may be shown: values of names on the allow-list, REDACTED for all others. */
export const redactHeaders = (headers: HeaderEntries): Record<string, string> => {
  const shown: Record<string, string> = Object.create(null);
  for (const [name, value] of entriesOf(headers)) {
    const lower = name.toLowerCase();
    shown[lower] = SHOWN_HEADERS.has(lower) ? escapeControl(value) : REDACTED;
  }
  return shown;
};

/** A query string that may be shown: the names, and the values of names on the allow-list. */
export const redactQuery = (search: string): string => {
  const parts: string[] = [];
  for (const [name, value] of new URLSearchParams(search)) {
    if (SHOWN_QUERY.has(name)) parts.push(`${name}=${encodeURIComponent(value)}`);
    // A name without a value may be a value without a name.
    else parts.push(value === '' ? REDACTED : `${encodeURIComponent(name)}=${REDACTED}`);
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
};

/** C0, DEL, C1, line and paragraph separators, and the marks that reorder text on a terminal. */
const CONTROLS =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Text from a server, safe to print: control characters become `\u{…}`. */
export const escapeControl = (text: string): string =>
  text.replace(CONTROLS, (char) => `\\u{${char.charCodeAt(0).toString(16)}}`);
