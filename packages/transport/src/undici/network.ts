import { ChainError, NetworkError } from '@tributary/pipeline';
import type { Dispatcher } from 'undici';
import type { Carrier } from '../terminal/carrier.js';
import type { Ending } from '../terminal/ending.js';
import type { Carry, ExchangeContext, WireRequest } from '../terminal/wire-request.js';
import { bodyError } from './body-error.js';
import { type Dispatchers, openDispatchers } from './dispatchers.js';
import { LazyResponse } from './lazy-response.js';
import type { ConnectionOptions } from './network-options.js';
import { proxyError } from './proxy-error.js';
import { type Head, type Receiver, Reception } from './reception.js';
import { type DispatchBody, dispatchBody } from './request-body.js';

/** fetch refuses them too. */
const FORBIDDEN_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

const DECODABLE = 'br, gzip, deflate, zstd';

const checkRequest = ({ method, body }: WireRequest): void => {
  if (FORBIDDEN_METHODS.has(method)) throw new TypeError('forbidden method');
  if (body !== undefined && (method === 'GET' || method === 'HEAD')) {
    throw new TypeError('body on a GET or HEAD');
  }
};

/** Names and values by turns, as undici takes them without a look at prototypes. */
const fieldsOf = ({ headers }: WireRequest, body: DispatchBody | undefined): readonly string[] => {
  const fields: string[] = [];
  for (const [name, value] of Object.entries(headers)) fields.push(name, value);
  if (headers['accept-encoding'] === undefined) {
    // A part of an encoded body can't be decoded.
    fields.push('accept-encoding', headers.range === undefined ? DECODABLE : 'identity');
  }
  if (body?.contentType !== undefined && headers['content-type'] === undefined) {
    fields.push('content-type', body.contentType);
  }
  if (body?.length !== undefined) fields.push('content-length', String(body.length));
  return fields;
};

/** Where a normalised URL's path begins. */
const pathStart = (url: string): number => url.indexOf('/', url.indexOf('//') + 2);

const closedError = (): ChainError =>
  new ChainError('This client was disposed of; create another one for further calls.');

const disposedError = (context: ExchangeContext): NetworkError =>
  new NetworkError(
    'The client was disposed of while the request was under way; dispose of it after its last answer was read.',
    { ...context, sent: 'unknown', retryable: false },
  );

interface Coded {
  readonly code?: unknown;
}

/** One request under way. */
class Sending implements Receiver {
  readonly method: string;
  readonly ending: Ending;
  readonly ownsChunks: boolean;
  readonly #network: Network;
  readonly #url: string;
  readonly #context: ExchangeContext;
  readonly #isProxied: boolean;
  #resolve: (response: Response) => void;
  #reject: (error: unknown) => void;
  body: DispatchBody | undefined;

  constructor(
    network: Network,
    { method, url }: WireRequest,
    ending: Ending,
    context: ExchangeContext,
    isProxied: boolean,
    resolve: (response: Response) => void,
    reject: (error: unknown) => void,
  ) {
    this.method = method;
    this.ending = ending;
    this.ownsChunks = network.isOwn;
    this.#network = network;
    this.#url = url;
    this.#context = context;
    this.#isProxied = isProxied;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  onHead(head: Head, reception: Reception): void {
    this.#resolve(new LazyResponse(head, this.#url, reception) as unknown as Response);
    // Up to V8 13 they hold the response, which has to go when nobody reads it.
    this.#resolve = this.#reject = () => {};
  }

  onFailure(error: unknown): void {
    this.body?.release?.(error);
    this.#reject(this.#meaningOf(error));
  }

  bodyError(error: unknown): unknown {
    this.body?.release?.(error);
    return this.#network.isClosed ? disposedError(this.#context) : bodyError(error, this.#context);
  }

  #meaningOf(error: unknown): unknown {
    if (this.#network.isClosed) return disposedError(this.#context);
    if (this.#isProxied) return proxyError(error, this.#context);
    const isOurs = (error as Coded | null | undefined)?.code === 'UND_ERR_INVALID_ARG';
    return isOurs ? new TypeError('refused by undici') : error;
  }
}

/** Connections of one owner, and what goes over them. */
class Network implements Carrier {
  readonly #options: ConnectionOptions;
  readonly #given: Dispatcher | undefined;
  #dispatchers: Dispatchers | undefined;
  #opening: Promise<Dispatchers> | undefined;
  isClosed = false;
  /** undici's own agents: what they keep, and until when, is known. */
  readonly isOwn: boolean;

  constructor(options: ConnectionOptions, given: Dispatcher | undefined) {
    this.#options = options;
    this.#given = given;
    this.isOwn = given === undefined;
  }

  readonly carry: Carry = (request, ending, context) => {
    if (this.isClosed) return Promise.reject(closedError());
    if (this.#given !== undefined) {
      return this.#send(this.#given, false, request, ending, context);
    }
    const ready = this.#dispatchers;
    return ready === undefined
      ? this.#open().then((opened) => this.#route(opened, request, ending, context))
      : this.#route(ready, request, ending, context);
  };

  /** Closes every connection; requests that are under way fail, later ones are refused. */
  readonly dispose = async (): Promise<void> => {
    this.isClosed = true;
    await this.#opening?.catch(() => {});
    await this.#dispatchers?.destroy(closedError());
  };

  async #load(): Promise<Dispatchers> {
    const undici = await import('undici');
    if (this.isClosed) throw closedError();
    this.#dispatchers = openDispatchers(undici, this.#options);
    return this.#dispatchers;
  }

  #open(): Promise<Dispatchers> {
    this.#opening ??= this.#load();
    return this.#opening;
  }

  #route(
    dispatchers: Dispatchers,
    request: WireRequest,
    ending: Ending,
    context: ExchangeContext,
  ): Promise<Response> {
    const { url } = request;
    const { dispatcher, isProxied } = dispatchers.to(url.slice(0, pathStart(url)));
    return this.#send(dispatcher, isProxied, request, ending, context);
  }

  #send(
    dispatcher: Dispatcher,
    isProxied: boolean,
    request: WireRequest,
    ending: Ending,
    context: ExchangeContext,
  ): Promise<Response> {
    return new Promise<Response>((resolve, reject) => {
      checkRequest(request);
      const { url, method } = request;
      const at = pathStart(url);
      const sending = new Sending(this, request, ending, context, isProxied, resolve, reject);
      if (request.body !== undefined) sending.body = dispatchBody(request.body, this.isOwn);
      const settings: Dispatcher.DispatchOptions = {
        origin: url.slice(0, at),
        path: url.slice(at),
        method: method as Dispatcher.HttpMethod,
        headers: fieldsOf(request, sending.body) as string[],
        // Async iterables are taken too, which the types leave out.
        body: (sending.body?.body ?? null) as string | Uint8Array | null,
      };
      dispatcher.dispatch(settings, new Reception(sending));
    });
  }
}

/**
 * Opens connections with the first request: undici is half of what starting a small program would cost.
 * `given` is somebody's own dispatcher, which is not closed here.
 */
export const openNetwork = (options: ConnectionOptions = {}, given?: Dispatcher): Carrier =>
  new Network(options, given);
