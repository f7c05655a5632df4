import type { Principal } from '../call/principal.js';
import { RequestError } from '../errors/request-errors.js';
import { TOKEN } from './method.js';

export type HeadersInput =
  | Readonly<Record<string, string>>
  | Headers
  | readonly (readonly [string, string])[];

/** The connection's business, not the caller's: RFC 9110, sections 7.2, 7.6.1 and 10.1.1. */
const TRANSPORT_HEADERS = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** What would replace the principal's credential. */
const CREDENTIAL_HEADERS = new Set(['authorization', 'cookie']);

/**
 * Why a call as `principal` may not bring this header; undefined where it may. For adapters that leave such
 * headers out, as the client does whose callers they serve.
 * @param name in lower case
 */
export const headerRefusal = (
  name: string,
  principal: Pick<Principal, 'kind'>,
): string | undefined => {
  if (TRANSPORT_HEADERS.has(name) || name.startsWith('proxy-')) {
    return 'is set by the transport and must not be given';
  }
  if (principal.kind !== 'none' && CREDENTIAL_HEADERS.has(name)) {
    return 'must not be given to asApp() or asUser(), which attach their own credential; use the bare api for calls that bring one';
  }
  return undefined;
};

/** Latin-1 without control characters but the tab (RFC 9110, section 5.5). */
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const OUTER_SPACE = /^[\t ]+|[\t ]+$/g;

const entriesOf = (input: HeadersInput): Iterable<readonly unknown[]> =>
  Symbol.iterator in input
    ? (input as Iterable<readonly string[]>)
    : Object.entries(input as Record<string, string>);

/**
 * The caller's headers: own properties only, lower-case names, in a record without prototype.
 * A name given twice is joined by a comma, as Headers does (RFC 9110, section 5.3).
 * @throws RequestError naming the header, never its value.
 */
export const readHeaders = (
  input: HeadersInput | undefined,
  principal: Principal,
  template?: string,
): Record<string, string> => {
  const headers: Record<string, string> = Object.create(null);
  if (input === undefined || input === null) return headers;
  if (typeof input !== 'object') {
    throw new RequestError('headers', 'must be an object, a Headers or a list of pairs', template);
  }
  for (const entry of entriesOf(input)) {
    // A string of two characters would pass for a pair.
    if (!Array.isArray(entry) || entry.length !== 2) {
      throw new RequestError('headers', 'a list must hold pairs of name and value', template);
    }
    const [name, value]: readonly unknown[] = entry;
    if (typeof name !== 'string' || !TOKEN.test(name)) {
      throw new RequestError('headers', 'one of the names is no HTTP field name', template);
    }
    const lower = name.toLowerCase();
    const reason = headerRefusal(lower, principal);
    if (reason !== undefined) throw new RequestError(`headers.${lower}`, reason, template);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new RequestError(`headers.${lower}`, 'must be a string', template);
    }
    const text = String(value);
    if (!FIELD_VALUE.test(text)) {
      throw new RequestError(
        `headers.${lower}`,
        'holds a line end, another control character or one outside Latin-1, which no header may',
        template,
      );
    }
    const trimmed = text.replace(OUTER_SPACE, '');
    headers[lower] = lower in headers ? `${headers[lower]}, ${trimmed}` : trimmed;
  }
  return headers;
};
