import 'reflect-metadata/lite';
import {
  type AuthProvider,
  type AuthProviderFactory,
  type AuthProviders,
  ConfigError,
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
  PENDING_RECORDS,
  type Plugin,
  RESOLVE,
  type Registry,
  type Resolver,
} from '@tributary/pipeline/di';
import { authenticate } from './authenticate.js';
import { GrantStoreError } from './grants/grant-store-error.js';
import { anonymous } from './providers/anonymous.js';
import { requireProvider } from './providers/require-provider.js';
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

/** The providers of one chain, and the two slots that they work in: resolve and auth. */
export const authProviders = (options: AuthProvidersOptions): Plugin => ({
  name: 'auth-providers',
  register(registry) {
    registry.provide(AUTH_PROVIDERS, {
      useFactory(resolver): AuthProviders {
        const services = servicesOf(resolver);
        const built: AuthProvider[] = [];
        const build = (field: string, configured: ConfiguredProvider): AuthProvider => {
          if (typeof configured !== 'function') return requireProvider(field, configured);
          const provider = requireProvider(field, configured(services));
          built.push(provider);
          return provider;
        };
        const { app, user, bare = anonymous() } = options;
        return {
          none: build('bare', bare),
          ...(app !== undefined && { app: build('app', app) }),
          ...(user !== undefined && { user: build('user', user) }),
          // The registry closes what has a `dispose`, and this before the stores that it was built from. A
          // provider that came ready may serve another chain too.
          ...{ dispose: () => Promise.all(built.map((provider) => provider.dispose?.())) },
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

interface OpenStorage {
  /** Called with each use, until it is closed. */
  readonly open: () => GrantStorage | Promise<GrantStorage>;
  readonly dispose: () => Promise<void>;
}

const provideStorage = (registry: Registry, { open, dispose }: OpenStorage): void => {
  registry.provide(GRANT_STORE, {
    useValue: {
      read: async (key) => (await open()).grants.read(key),
      exclusive: async (key, decide) => (await open()).grants.exclusive(key, decide),
      delete: async (key) => (await open()).grants.delete(key),
      async *list(prefix) {
        yield* (await open()).grants.list(prefix);
      },
      // A registry closes what has a `dispose`, also a value that nobody asked for.
      ...{ dispose },
    },
  });
  registry.provide(ACCOUNT_LINKS, {
    useValue: {
      read: async (link) => (await open()).links.read(link),
      write: async (link, accountId) => (await open()).links.write(link, accountId),
      delete: async (link) => (await open()).links.delete(link),
    },
  });
  registry.provide(PENDING_RECORDS, {
    useValue: {
      write: async (id, value, ttlMs) => (await open()).pending.write(id, value, ttlMs),
      read: async (id) => (await open()).pending.read(id),
      take: async (id) => (await open()).pending.take(id),
      delete: async (id) => (await open()).pending.delete(id),
    },
  });
};

/** Grants, account links and pending records in memory: they end with the process. */
export const memoryGrantsPlugin: Plugin = {
  name: 'memory-grants',
  register(registry) {
    let opened: Promise<GrantStorage> | undefined;
    const make = async (): Promise<GrantStorage> => {
      const { memoryStorage } = await import('./grants/memory-storage.js');
      return memoryStorage({ clock: clockOf(registry) });
    };
    provideStorage(registry, {
      open() {
        opened ??= make();
        return opened;
      },
      dispose: async () => (await opened)?.dispose(),
    });
  },
};

const requireStorage = (storage: GrantStorage): GrantStorage => {
  if (typeof storage?.grants?.exclusive === 'function') return storage;
  throw new ConfigError(
    'grants',
    'is no storage; give memoryStorage(), sqliteGrants({ … }) or the like',
  );
};

/**
 * Grants, account links and pending records in a database: `storedGrants(sqliteGrants({ … }))`. The
 * chain closes it. A plugin that serves several chains is given a function, which makes a store for each
 * when it is first used.
 * @throws ConfigError naming `grants`, for what is no storage
 */
export const storedGrants = (storage: GrantStorage | (() => GrantStorage)): Plugin => {
  const ready = typeof storage === 'function' ? undefined : requireStorage(storage);
  return {
    name: 'stored-grants',
    register(registry) {
      let opened = ready;
      let isClosed = false;
      provideStorage(registry, {
        open() {
          if (opened === undefined && isClosed) {
            throw new GrantStoreError('The grant store is closed.');
          }
          opened ??= requireStorage((storage as () => GrantStorage)());
          return opened;
        },
        async dispose() {
          isClosed = true;
          await opened?.dispose();
        },
      });
    },
  };
};
