import { isLoopback } from '@tributary/pipeline';
import type { Dispatcher } from 'undici';
import type { ConnectionOptions } from './network-options.js';
import { proxiesFromEnv } from './proxies.js';
import { tlsContext } from './tls-context.js';

/** Where requests go out, and whether a proxy of the environment stands in between. */
export interface Dispatchers {
  /** @param origin scheme, host and port */
  to(origin: string): { readonly dispatcher: Dispatcher; readonly isProxied: boolean };
  /** Ends what is under way, with `reason` where undici passes it on. */
  destroy(reason: Error): Promise<void>;
}

const BODY_TIMEOUT = 30_000;

/**
 * undici's agents: one that connects by itself, and, where the environment names a proxy, one that
 * follows HTTPS_PROXY, HTTP_PROXY and NO_PROXY. Loopback hosts never go through a proxy.
 * @throws ConfigError
 */
export const openDispatchers = (
  { Agent, EnvHttpProxyAgent }: typeof import('undici'),
  options: ConnectionOptions,
): Dispatchers => {
  const { allowH2 = true, bodyTimeout = BODY_TIMEOUT } = options;
  const secureContext = tlsContext(options);
  // HTTP/2 comes first in what is offered: some servers take the client's order.
  const tls = { allowH2, preferH2: allowH2, ...(secureContext && { secureContext }) };
  const settings = { allowH2, bodyTimeout, connect: tls };
  const direct = new Agent(settings);
  const proxies = proxiesFromEnv(process.env);
  const proxied =
    proxies && new EnvHttpProxyAgent({ ...settings, ...proxies, requestTls: tls, proxyTls: tls });
  return {
    to(origin) {
      if (proxied === undefined || isLoopback(new URL(origin).hostname)) {
        return { dispatcher: direct, isProxied: false };
      }
      return { dispatcher: proxied, isProxied: true };
    },
    async destroy(reason) {
      await Promise.all([direct.destroy(reason), proxied?.destroy(reason)]);
    },
  };
};
