import type { KyInstance } from 'ky';
import type { Exchange } from './wire-request.js';

/** ky retries nothing here, times nothing and judges no status: the chain does all of that. */
const TRANSPORT_ONLY = { retry: 0, timeout: false, throwHttpErrors: false } as const;

/**
 * One request through ky. Its fetch is called with URL and init, not with ky's Request: so the headers
 * are built once instead of four times, any fetch will do, and ky's own signal is out of the way.
 */
export const kyExchange = (fetch: typeof globalThis.fetch | undefined): Exchange => {
  // Loaded on first use: it is the larger part of what importing this package would cost.
  let ky: KyInstance | undefined;
  const load = async (): Promise<KyInstance> => {
    ky = (await import('ky')).default;
    return ky;
  };

  return ({ url, method, headers, body, redirect }, signal) => {
    // Without prototype, since fetch reads inherited fields too.
    const init: RequestInit & { duplex?: 'half' } = Object.create(null);
    Object.assign(init, { method, headers, redirect });
    if (signal !== undefined) init.signal = signal;
    if (body !== undefined) init.body = body;
    if (body instanceof ReadableStream) init.duplex = 'half';
    // Looked up per call, since test tools replace the global one.
    const send = fetch ?? globalThis.fetch;
    const options = { ...TRANSPORT_ONLY, fetch: () => send(url, init) };
    return ky === undefined ? load().then((loaded) => loaded(url, options)) : ky(url, options);
  };
};
