import 'reflect-metadata/lite';
import type { Clock, Random } from '@tributary/pipeline';
import {
  CLOCK,
  FETCH,
  type Plugin,
  RANDOM,
  RETRY,
  type Resolver,
  TRANSPORT,
} from '@tributary/pipeline/di';
import { retry } from './retry/retry.js';
import type { RetryOptions } from './retry/retry-options.js';
import { type ServiceFetchOptions, serviceFetch } from './service-fetch/service-fetch.js';
import { type KyTerminalOptions, kyTerminal } from './terminal/ky-terminal.js';

/** One set for both: the product calls, and the requests that are none. */
export interface KyTransportOptions extends Omit<KyTerminalOptions, 'clock'> {
  /** Settings of FETCH alone. */
  readonly service?: Pick<ServiceFetchOptions, 'timeout' | 'maxBytes'>;
}

const clockOf = (resolver: Resolver): { clock?: Clock } => {
  const clock = resolver.find(CLOCK);
  return clock === undefined ? {} : { clock };
};

const randomOf = (resolver: Resolver): { random?: Random } => {
  const random = resolver.find(RANDOM);
  return random === undefined ? {} : { random };
};

/** Provides TRANSPORT and FETCH over one `fetch`. */
export const kyTransport = ({ service, ...options }: KyTransportOptions = {}): Plugin => ({
  name: 'ky-transport',
  register(registry) {
    registry.provide(TRANSPORT, {
      useFactory: (resolver) => kyTerminal({ ...clockOf(resolver), ...options }),
    });
    registry.provide(FETCH, {
      useFactory: (resolver) =>
        serviceFetch({ ...clockOf(resolver), ...randomOf(resolver), ...options, ...service }),
    });
  },
});

/** Provides RETRY. */
export const retryPlugin = (options: Omit<RetryOptions, 'clock' | 'random'> = {}): Plugin => ({
  name: 'retry',
  register(registry) {
    registry.provide(RETRY, {
      useFactory: (resolver) => retry({ ...clockOf(resolver), ...randomOf(resolver), ...options }),
    });
  },
});
