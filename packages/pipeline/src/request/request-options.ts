import type { CallBody } from '../call/body.js';
import type { Call, CallOptions } from '../call/call.js';
import type { Principal } from '../call/principal.js';
import { RequestError } from '../errors/request-errors.js';
import { type BodyInput, readBody } from './body.js';
import { type HeadersInput, readHeaders } from './headers.js';
import { readMethod } from './method.js';

/** What a caller may say of one request: fetch's options, and each middleware's own key. */
export interface RequestOptions extends CallOptions {
  /** Default GET. */
  readonly method?: string;
  readonly headers?: HeadersInput;
  readonly body?: BodyInput | null;
  /** Default 'follow'. */
  readonly redirect?: Call['redirect'];
  readonly signal?: AbortSignal | null;
  /** Ms for all attempts together, until the response's headers; false for none. */
  readonly timeout?: number | false;
}

/** The same, checked, in the shape that a Call has. */
export interface ReadRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: CallBody;
  readonly redirect: Call['redirect'];
  readonly signal?: AbortSignal;
  readonly timeout?: number | false;
  readonly options: CallOptions;
}

const FETCH_OPTIONS: ReadonlySet<string> = new Set([
  'method',
  'headers',
  'body',
  'redirect',
  'signal',
  'timeout',
]);

const NO_OPTIONS: CallOptions = Object.freeze(Object.create(null));
const NO_HEADERS: Readonly<Record<string, string>> = Object.freeze(Object.create(null));

type Fields = { -readonly [Field in keyof ReadRequest]: ReadRequest[Field] };

/** Without prototype, so that a field that wasn't given is not read from a polluted one either. */
const record = (fields: Omit<Fields, 'body' | 'signal' | 'timeout'>): Fields =>
  Object.assign(Object.create(null), fields);

const PLAIN_GET: ReadRequest = Object.freeze(
  record({ method: 'GET', headers: NO_HEADERS, redirect: 'follow', options: NO_OPTIONS }),
);

/** Own properties only: what a polluted Object.prototype says has no say. */
const ownProperties = (input: object): Record<string, unknown> =>
  Object.assign(Object.create(null), input);

const readRedirect = (value: unknown, template?: string): Call['redirect'] => {
  if (value === undefined) return 'follow';
  if (value === 'follow' || value === 'manual' || value === 'error') return value;
  throw new RequestError('redirect', "must be 'follow', 'manual' or 'error'", template);
};

const readSignal = (value: unknown, template?: string): AbortSignal | undefined => {
  if (value === undefined || value === null) return undefined;
  if (value instanceof AbortSignal) return value;
  throw new RequestError('signal', 'must be an AbortSignal', template);
};

const readTimeout = (value: unknown, template?: string): number | false | undefined => {
  if (value === undefined || value === false) return value;
  if (typeof value === 'number' && value > 0 && value <= 2 ** 31 - 1) return value;
  throw new RequestError('timeout', 'must be a number of ms above 0, or false', template);
};

const readMiddlewareOptions = (own: Record<string, unknown>): CallOptions => {
  let options: Record<string, unknown> | undefined;
  for (const key of Object.keys(own)) {
    if (FETCH_OPTIONS.has(key)) continue;
    options ??= Object.create(null) as Record<string, unknown>;
    options[key] = own[key];
  }
  return options ?? NO_OPTIONS;
};

/**
 * Reads a caller's options once, at the border.
 * @throws RequestError naming the option that is refused.
 */
export const readRequestOptions = (
  input: RequestOptions | undefined,
  principal: Principal,
  template?: string,
): ReadRequest => {
  if (input === undefined || input === null) return PLAIN_GET;
  if (typeof input !== 'object') throw new RequestError('options', 'must be an object', template);
  const own = ownProperties(input);
  const method = readMethod(own.method, template);
  const headers = readHeaders(own.headers as HeadersInput | undefined, principal, template);
  const signal = readSignal(own.signal, template);
  const timeout = readTimeout(own.timeout, template);
  const hasBody = own.body !== undefined && own.body !== null;
  if (hasBody && (method === 'GET' || method === 'HEAD')) {
    throw new RequestError('body', `a ${method} request can't have one`, template);
  }
  const given = hasBody ? readBody(own.body as BodyInput, template) : undefined;
  if (given?.contentType !== undefined) headers['content-type'] ??= given.contentType;
  const redirect = readRedirect(own.redirect, template);
  const read = record({ method, headers, redirect, options: readMiddlewareOptions(own) });
  if (given !== undefined) read.body = given.body;
  if (signal !== undefined) read.signal = signal;
  if (timeout !== undefined) read.timeout = timeout;
  return read;
};
