import { type Clock, ConfigError, type Random, type ServiceFetch } from '@tributary/pipeline';
import { type Carrier, type CarrierOptions, openCarrier } from '../terminal/carrier.js';
import { userAgentOf } from '../terminal/user-agent.js';

export interface ServiceFetchOptions extends CarrierOptions {
  /** Stands in front of our own product in the User-Agent. Default none. */
  readonly userAgent?: string;
  /** Ms for all attempts of a request together, its body included. Default 10,000. */
  readonly timeout?: number;
  /** The largest answer that is read. Default 1 MiB. */
  readonly maxBytes?: number;
  /** Default the system's. */
  readonly clock?: Clock;
  /** For jitter. Default Math.random. */
  readonly random?: Random;
}

/** The options, read. */
export interface ServiceFetchSettings extends Pick<ServiceFetchOptions, 'clock' | 'random'> {
  /** The whole field. */
  readonly userAgent: string | undefined;
  readonly timeout: number;
  readonly maxBytes: number;
}

/** A ServiceFetch with connections of its own. */
export interface OwnServiceFetch extends ServiceFetch {
  /** Closes them. */
  dispose(): Promise<void>;
}

/**
 * Fetch for everything that is no product call: https or loopback only, no redirects, a cap on time and
 * size, and the answer read to its end. A GET is tried again on network errors and 502 to 504; anything
 * else is sent once.
 */
export const serviceFetch = (options: ServiceFetchOptions = {}): OwnServiceFetch => {
  const carrier = openCarrier(options);
  return Object.assign(serviceFetchOver(carrier, options), { dispose: carrier.dispose });
};

/** The same over connections that somebody else uses too. */
export const serviceFetchOver = (carrier: Carrier, options: ServiceFetchOptions): ServiceFetch => {
  const { timeout = 10_000, maxBytes = 1024 * 1024 } = options;
  const settings = { ...options, userAgent: userAgentOf(options.userAgent), timeout, maxBytes };
  if (!(timeout > 0 && timeout < 2 ** 31)) {
    throw new ConfigError('timeout', 'must be a number of ms above 0');
  }
  let send: ServiceFetch | undefined;
  return async function serviceFetch(url, init) {
    if (send === undefined) {
      const { serviceRequests } = await import('./service-requests.js');
      send ??= serviceRequests(carrier, settings);
    }
    return send(url, init);
  };
};
