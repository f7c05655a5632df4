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

const refusal = (name: string, principal: Principal): string | undefined => {
  if (TRANSPORT_HEADERS.has(name) || name.startsWith('proxy-')) {
    return 'is set by the transport and must not be given';
  }
  if (principal.kind !== 'none' && CREDENTIAL_HEADERS.has(name)) {
    return 'must not be given to asApp() or asUser(), which attach their own credential; use the bare api for calls that bring one';
  }
  return undefined;
};

const entriesOf = (input: HeadersInput): Iterable<readonly [unknown, unknown]> =>
  Symbol.iterator in input
    ? (input as Iterable<readonly [string, string]>)
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
  for (const [name, value] of entriesOf(input)) {
    if (typeof name !== 'string' || !TOKEN.test(name)) {
      throw new RequestError('headers', 'one of the names is no HTTP field name', template);
    }
    const lower = name.toLowerCase();
    const reason = refusal(lower, principal);
    if (reason !== undefined) throw new RequestError(`headers.${lower}`, reason, template);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new RequestError(`headers.${lower}`, 'must be a string', template);
    }
    const text = String(value).trim();
    if (!isFieldValue(text)) {
      throw new RequestError(
        `headers.${lower}`,
        'holds a line end, NUL or a character outside Latin-1, which no header may',
        template,
      );
    }
    headers[lower] = lower in headers ? `${headers[lower]}, ${text}` : text;
  }
  return headers;
};

/** Latin-1 without CR, LF and NUL (RFC 9110, section 5.5). */
const isFieldValue = (text: string): boolean => {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 0xff || code === 0 || code === 0x0a || code === 0x0d) return false;
  }
  return true;
};
