import { ConfigError } from '@tributary/pipeline';
import { readUpTo } from './bounded-body.js';
import { BODY_CAP } from './kept-request.js';

/** A request whose body was looked at, and still is to be read by the handler. */
export interface HeldRequest {
  readonly request: Request;
  /** The whole body; `undefined` where it is longer than what is kept. */
  readonly body: Uint8Array<ArrayBuffer> | undefined;
}

/** @throws ConfigError where a middleware has read it. */
export const requireUnread = (isRead: boolean, advice: string): void => {
  if (!isRead) return;
  throw new ConfigError('body', `was read before the consent boundary could: ${advice}`);
};

/**
 * Reads up to the cap before the handler does, and gives it a request that begins anew.
 * @throws ConfigError where somebody has read it already
 */
export const holdBody = async (request: Request): Promise<HeldRequest> => {
  requireUnread(request.bodyUsed, 'have whoever reads it first read request.clone()');
  if (Number(request.headers.get('content-length')) > BODY_CAP) return { request, body: undefined };
  if (request.body === null) return { request, body: new Uint8Array() };
  const read = await readUpTo(request.body, BODY_CAP);
  const { method, headers, signal } = request;
  const body = 'whole' in read ? read.whole : read.rest;
  // Node's fetch wants `duplex` for a stream; the types of the DOM don't know it.
  const init = { method, headers, signal, body, duplex: 'half' };
  const copy = noteCopy(new Request(request.url, init), request);
  return { request: copy, body: 'whole' in read ? read.whole : undefined };
};

const originals = new WeakMap<Request, Request>();

export const noteCopy = (copy: Request, original: Request): Request => {
  originals.set(copy, originalOf(original));
  return copy;
};

/** The request that came in, which whoever serves it may know more of. */
export const originalOf = (request: Request): Request => originals.get(request) ?? request;
