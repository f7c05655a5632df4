import { ChainError, NetworkError } from '@tributary/pipeline';
import type { Dispatcher } from 'undici';
import type { ExchangeContext, WireRequest } from '../terminal/wire-request.js';
import { bodyError } from './body-error.js';
import { type Dispatchers, openDispatchers } from './dispatchers.js';
import { LazyResponse } from './lazy-response.js';
import type { ConnectionOptions } from './network-options.js';
import { proxyError } from './proxy-error.js';
import { Reception } from './reception.js';
import { type DispatchBody, dispatchBody } from './request-body.js';

/** Connections of one owner, and what goes over them. */
export interface Network {
  /** One request, as a terminal's exchange. */
  exchange(
    request: WireRequest,
    signal: AbortSignal | undefined,
    context: ExchangeContext,
  ): Promise<Response>;
  /** Closes every connection; requests that are under way fail, later ones are refused. */
  dispose(): Promise<void>;
}

/** fetch refuses them too. */
const FORBIDDEN_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

const DECODABLE = 'br, gzip, deflate, zstd';

const headersOf = (
  { headers }: WireRequest,
  body: DispatchBody | undefined,
): Record<string, string> => {
  const all: Record<string, string> = { ...headers };
  // A part of an encoded body can't be decoded.
  all['accept-encoding'] ??= all.range === undefined ? DECODABLE : 'identity';
  if (body?.contentType !== undefined) all['content-type'] ??= body.contentType;
  if (body?.length !== undefined) all['content-length'] = String(body.length);
  return all;
};

const checkRequest = ({ method, body }: WireRequest): void => {
  if (FORBIDDEN_METHODS.has(method)) throw new TypeError('forbidden method');
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) {
    throw new TypeError('body on a GET or HEAD');
  }
};

interface Coded {
  readonly code?: unknown;
}

/** Where a normalised URL's path begins. */
const pathStart = (url: string): number => {
  const start = url.indexOf('/', url.indexOf('//') + 2);
  return start;
};

const closed = (): ChainError =>
  new ChainError('This client was disposed of; create another one for further calls.');

/**
 * Opens connections with the first request: undici is half of what starting a small program would cost.
 * `given` is somebody's own dispatcher, which is not closed here.
 */
export const openNetwork = (options: ConnectionOptions = {}, given?: Dispatcher): Network => {
  let dispatchers: Dispatchers | undefined;
  let opening: Promise<Dispatchers> | undefined;
  let isClosed = false;

  const open = (): Promise<Dispatchers> => {
    opening ??= import('undici').then((undici) => {
      if (isClosed) throw closed();
      dispatchers = openDispatchers(undici, options);
      return dispatchers;
    });
    return opening;
  };

  const send = (
    to: { readonly dispatcher: Dispatcher; readonly isProxied: boolean },
    request: WireRequest,
    signal: AbortSignal | undefined,
    context: ExchangeContext,
  ): Promise<Response> =>
    new Promise<Response>((resolve, reject) => {
      checkRequest(request);
      const { url, method } = request;
      const body = request.body === undefined ? undefined : dispatchBody(request.body);
      const at = pathStart(url);
      const reception = new Reception({
        method,
        signal,
        onHead: (head, from) => {
          resolve(new LazyResponse(head, url, from) as unknown as Response);
        },
        onFailure: (error) => {
          body?.release?.(error);
          if (isClosed) reject(disposedError(context));
          else if (to.isProxied) reject(proxyError(error, context));
          else if ((error as Coded).code === 'UND_ERR_INVALID_ARG')
            reject(new TypeError('invalid'));
          else reject(error);
        },
        bodyError: (error) => (isClosed ? disposedError(context) : bodyError(error, context)),
      });
      const settings: Dispatcher.DispatchOptions = {
        origin: url.slice(0, at),
        path: url.slice(at),
        method: method as Dispatcher.HttpMethod,
        headers: headersOf(request, body),
        // Async iterables are taken too, which the types leave out.
        body: (body?.body ?? null) as string | Uint8Array | null,
      };
      to.dispatcher.dispatch(settings, reception);
    });

  return {
    exchange(request, signal, context) {
      if (isClosed) return Promise.reject(closed());
      if (given !== undefined) {
        return send({ dispatcher: given, isProxied: false }, request, signal, context);
      }
      const go = (ready: Dispatchers) =>
        send(ready.to(request.url.slice(0, pathStart(request.url))), request, signal, context);
      return dispatchers === undefined ? open().then(go) : go(dispatchers);
    },
    async dispose() {
      isClosed = true;
      await opening?.catch(() => {});
      await dispatchers?.destroy(closed());
    },
  };
};

const disposedError = (context: ExchangeContext): NetworkError =>
  new NetworkError(
    'The client was disposed of while the request was under way; dispose of it after its last answer was read.',
    { ...context, sent: 'unknown', retryable: false },
  );
