import type { KyInstance } from 'ky';
import type { Carry } from './wire-request.js';

/** ky retries nothing here, times nothing and judges no status: the chain does all of that. */
const TRANSPORT_ONLY = { retry: 0, timeout: false, throwHttpErrors: false } as const;

/**
 * One request through ky. Its fetch is what `carry` does with our request, not with ky's: so the headers
 * are built once instead of four times, any fetch will do, and ky's own signal is out of the way.
 */
export const kyExchange = (carry: Carry): Carry => {
  // Loaded on first use: it is the larger part of what importing this package would cost.
  let ky: KyInstance | undefined;
  const load = async (): Promise<KyInstance> => {
    ky = (await import('ky')).default;
    return ky;
  };

  return (request, ending, context) => {
    const options = { ...TRANSPORT_ONLY, fetch: () => carry(request, ending, context) };
    const { url } = request;
    return ky === undefined ? load().then((loaded) => loaded(url, options)) : ky(url, options);
  };
};
