import type { Plugin, Resolver } from '@tributary/pipeline/di';
// Not from the ./di entry, which loads a container that users of the bare terminal need not have.
import { CLOCK, FETCH, RANDOM, TRANSPORT } from '@tributary/pipeline/tokens';
import { type ServiceFetchOptions, serviceFetchOver } from '../service-fetch/service-fetch.js';
import { openNetwork } from './network.js';
import { type UndiciTerminalOptions, undiciOver } from './undici-terminal.js';

export interface UndiciTransportOptions extends Omit<UndiciTerminalOptions, 'clock'> {
  /** Settings of FETCH alone. */
  readonly service?: Pick<ServiceFetchOptions, 'timeout' | 'maxBytes'>;
}

const servicesOf = (resolver: Resolver) => {
  const clock = resolver.find(CLOCK);
  const random = resolver.find(RANDOM);
  return { ...(clock && { clock }), ...(random && { random }) };
};

/** Provides TRANSPORT and FETCH over one set of connections. */
export const undiciTransport = ({ service, ...options }: UndiciTransportOptions = {}): Plugin => ({
  name: 'undici-transport',
  register(registry) {
    // One per chain, closed with its terminal.
    const network = openNetwork(options, options.dispatcher);
    registry.provide(TRANSPORT, {
      useFactory: (resolver) => undiciOver(network, { ...servicesOf(resolver), ...options }),
    });
    registry.provide(FETCH, {
      useFactory: (resolver) =>
        serviceFetchOver(network, { ...servicesOf(resolver), ...options, ...service }),
    });
  },
});
