import type { ConnectionOptions } from '../undici/network-options.js';
import { isNode } from './runtime.js';
import type { Carry, WireRequest } from './wire-request.js';

/** What carries requests, and has connections to close. */
export interface Carrier {
  readonly carry: Carry;
  readonly dispose: () => Promise<void>;
}

export interface CarrierOptions extends ConnectionOptions {
  /**
   * Called as `fetch(url, init)`; the options of connections are then its own business. Default the
   * runtime's own, and on Node undici, with the proxies of the environment.
   */
  readonly fetch?: typeof globalThis.fetch;
}

/** Under which a guard of what the app itself fetches keeps the fetch that our own calls go by. */
const UNGUARDED = Symbol.for('@tributary/unguarded-fetch');

const globalFetch = (): typeof globalThis.fetch => {
  const { fetch } = globalThis as {
    fetch: typeof globalThis.fetch & { [UNGUARDED]?: typeof globalThis.fetch };
  };
  return fetch[UNGUARDED] ?? fetch;
};

const builtIn = globalFetch();

const initOf = (
  { method, headers, body, redirect }: WireRequest,
  signal: AbortSignal | undefined,
): RequestInit => {
  // Without prototype, since fetch reads inherited fields too.
  const init: RequestInit & { duplex?: 'half' } = Object.create(null);
  Object.assign(init, { method, headers, redirect });
  if (signal !== undefined) init.signal = signal;
  if (body !== undefined) init.body = body;
  if (body instanceof ReadableStream) init.duplex = 'half';
  return init;
};

/** Carries requests as the runtime does it best: over undici on Node, over fetch elsewhere. */
export const openCarrier = ({ fetch, ...options }: CarrierOptions = {}): Carrier => {
  // The larger part of what importing this package would cost, so that it is loaded on first use.
  let network: Carrier | undefined;
  let loading: Promise<Carrier> | undefined;
  let isClosed = false;
  const load = async (): Promise<Carrier> => {
    const { openNetwork } = await import('#network');
    network = openNetwork?.(options) ?? overFetch;
    if (isClosed) await network.dispose();
    return network;
  };

  const overFetch: Carrier = {
    // Looked up per call, since test tools replace the global one.
    carry: (request, { signal }) => (fetch ?? globalFetch())(request.url, initOf(request, signal)),
    dispose: async () => {},
  };

  return {
    carry(request, ending, context) {
      if (fetch !== undefined || !isNode || globalFetch() !== builtIn) {
        return overFetch.carry(request, ending, context);
      }
      if (network !== undefined) return network.carry(request, ending, context);
      loading ??= load();
      return loading.then((loaded) => loaded.carry(request, ending, context));
    },
    async dispose() {
      isClosed = true;
      await (await loading)?.dispose();
    },
  };
};
