import { createFacade, type Tributary } from '@tributary/api';
import { anonymous } from '@tributary/auth-providers';
import { authProviders, memoryGrantsPlugin, storedGrants } from '@tributary/auth-providers/di';
import { consentPlugin } from '@tributary/consent/di';
import type { AuthProviderFactory, GrantStorage, Site } from '@tributary/pipeline';
import { createRegistry, systemServices } from '@tributary/pipeline/di';
import { kyTransport, retryPlugin } from '@tributary/transport/di';
import type { Account } from '../account/account.js';
import { requestLogPlugin } from './request-log.js';

export interface Credentials {
  readonly site: Site;
  readonly app?: AuthProviderFactory;
  readonly user?: AuthProviderFactory;
}

/**
 * The chain, wired by hand: each package brings a plugin, the app brings one of its own, and the
 * facade composes what the container holds. `grants`: where users' grants are kept, in memory by default. `createTributary` would do the same in one line.
 */
export const wire = (
  { site, app, user }: Credentials,
  account: Account,
  grants?: GrantStorage,
): Tributary => {
  const registry = createRegistry({
    plugins: [
      systemServices,
      grants === undefined ? memoryGrantsPlugin : storedGrants(grants),
      requestLogPlugin(account),
      authProviders({ ...(app && { app }), ...(user && { user }), bare: anonymous() }),
      consentPlugin(),
      retryPlugin(),
      kyTransport({ userAgent: 'stale-page-report/1.0' }),
    ],
  });
  return createFacade(registry, { site });
};
