import { RequestError } from '../errors/request-errors.js';

/** RFC 9110, section 5.6.2. */
export const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Upper-cased as fetch does, and PATCH too, since methods are case-sensitive and no server knows `patch`. */
const NORMALISED = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']);

/** The Fetch standard's forbidden methods. */
const FORBIDDEN = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** @throws RequestError unless it is an RFC 9110 token that fetch allows. Default GET. */
export const readMethod = (value: unknown, template?: string): string => {
  if (value === undefined || value === 'GET') return 'GET';
  if (typeof value !== 'string' || !TOKEN.test(value)) {
    throw new RequestError('method', 'must be an HTTP method such as GET or POST', template);
  }
  const upper = value.toUpperCase();
  if (FORBIDDEN.has(upper)) throw new RequestError('method', `${upper} is not allowed`, template);
  return NORMALISED.has(upper) ? upper : value;
};
