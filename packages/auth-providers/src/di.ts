import 'reflect-metadata/lite';
import {
  type AuthProvider,
  type AuthProviderFactory,
  type AuthProviders,
  type GrantStorage,
  type ProviderServices,
  silentLogger,
  systemClock,
} from '@tributary/pipeline';
import {
  ACCOUNT_LINKS,
  AUTH,
  AUTH_PROVIDERS,
  CLOCK,
  FETCH,
  GRANT_STORE,
  LOGGER,
  type Plugin,
  RESOLVE,
  type Resolver,
} from '@tributary/pipeline/di';
import { authenticate } from './authenticate.js';
import { memoryAccountLinks } from './grants/memory-account-links.js';
import { memoryGrants } from './grants/memory-grants.js';
import { anonymous } from './providers/anonymous.js';
import { resolveProviders } from './resolve.js';

/** A provider that is ready, or one that is built from the chain's services. */
export type ConfiguredProvider = AuthProvider | AuthProviderFactory;

export interface AuthProvidersOptions {
  /** Who answers for asApp(). Default: nobody; asApp() is then an error. */
  readonly app?: ConfiguredProvider;
  /** Who answers for asUser(). Default: nobody; asUser() is then an error. */
  readonly user?: ConfiguredProvider;
  /** Who answers for bare calls. Default `anonymous()`. */
  readonly bare?: ConfiguredProvider;
}

const clockOf = (resolver: Resolver) => resolver.find(CLOCK) ?? systemClock;

const servicesOf = (resolver: Resolver): ProviderServices => ({
  fetch: resolver.get(FETCH),
  clock: clockOf(resolver),
  grants: resolver.get(GRANT_STORE),
  links: resolver.get(ACCOUNT_LINKS),
  logger: resolver.find(LOGGER) ?? silentLogger,
});

const build = (configured: ConfiguredProvider, services: ProviderServices): AuthProvider =>
  typeof configured === 'function' ? configured(services) : configured;

/** The providers of one chain, and the two slots that they work in: resolve and auth. */
export const authProviders = (options: AuthProvidersOptions): Plugin => ({
  name: 'auth-providers',
  register(registry) {
    registry.provide(AUTH_PROVIDERS, {
      useFactory(resolver): AuthProviders {
        const services = servicesOf(resolver);
        const { app, user, bare = anonymous() } = options;
        return {
          none: build(bare, services),
          ...(app && { app: build(app, services) }),
          ...(user && { user: build(user, services) }),
        };
      },
    });
    registry.provide(RESOLVE, {
      useFactory: (resolver) =>
        resolveProviders(resolver.get(AUTH_PROVIDERS), { clock: clockOf(resolver) }),
    });
    registry.provide(AUTH, {
      useFactory: (resolver) => authenticate({ clock: clockOf(resolver) }),
    });
  },
});

/** Grants and account links in memory: they end with the process. */
export const memoryGrantsPlugin: Plugin = {
  name: 'memory-grants',
  register(registry) {
    registry.provide(GRANT_STORE, {
      useFactory: (resolver) => memoryGrants({ clock: clockOf(resolver) }),
    });
    registry.provide(ACCOUNT_LINKS, { useFactory: () => memoryAccountLinks() });
  },
};

/** Grants and account links in a database: `storedGrants(redisGrants({ … }))`. The chain closes it. */
export const storedGrants = ({ grants, links, dispose }: GrantStorage): Plugin => ({
  name: 'stored-grants',
  register(registry) {
    registry.provide(GRANT_STORE, {
      useValue: {
        read: (key) => grants.read(key),
        exclusive: (key, decide) => grants.exclusive(key, decide),
        delete: (key) => grants.delete(key),
        list: (prefix) => grants.list(prefix),
        // A registry closes what has a `dispose`, also a value that nobody asked for.
        ...{ dispose },
      },
    });
    registry.provide(ACCOUNT_LINKS, { useValue: links });
  },
});
