import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { originalOf, requireUnread } from '../web/held-body.js';

const incoming = new WeakMap<Request, IncomingMessage>();

/** What Node knows of a request that came through an adapter of here: sessions and users of middlewares too. */
export const nodeRequest = (request: Request): IncomingMessage | undefined =>
  incoming.get(originalOf(request));

type Message = IncomingMessage & { readonly originalUrl?: string; readonly rawBody?: unknown };

/** The path on the wire, also where a framework cut off a mount point, on an origin of ours. */
export const urlOf = ({ originalUrl, url }: Message, origin: string): string => {
  const target = originalUrl ?? url ?? '/';
  // Joined, so that `//evil` is a path and no host; an absolute target (RFC 9112, section 3.2.2) is cut.
  return origin + (target.startsWith('/') ? target : targetPath(target));
};

/**
 * A fetch Request of what Node received. Its URL is on `origin`, whatever Host and forwarding headers say.
 */
export const toRequest = (message: Message, origin: string, signal: AbortSignal): Request => {
  const method = message.method ?? 'GET';
  const body = hasBody(message) ? bodyOf(message) : undefined;
  const init = {
    method,
    headers: headersOf(message),
    signal,
    ...(body !== undefined && { body, duplex: 'half' }),
  };
  const request = new Request(urlOf(message, origin), init);
  incoming.set(request, message);
  return request;
};

const headersOf = ({ rawHeaders }: IncomingMessage): Headers => {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name = '', value = ''] = rawHeaders.slice(at, at + 2);
    // HTTP/2's own, which no Request takes.
    if (!name.startsWith(':')) headers.append(name, value);
  }
  return headers;
};

const targetPath = (target: string): string => {
  if (!URL.canParse(target)) return '/';
  const { pathname, search } = new URL(target);
  return pathname + search;
};

const hasBody = ({ method, headers }: IncomingMessage): boolean =>
  method !== 'GET' &&
  method !== 'HEAD' &&
  (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);

const bodyOf = (message: Message): ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> => {
  if (message.rawBody instanceof Uint8Array) return new Uint8Array(message.rawBody);
  requireUnread(
    message.readableDidRead,
    'put it before body parsers, or have them keep the bytes as `rawBody`',
  );
  return Readable.toWeb(message) as ReadableStream<Uint8Array>;
};
