import {
  type AuthProvider,
  type AuthProviders,
  type Call,
  type Clock,
  ConfigError,
  type Middleware,
  normaliseBase,
  type ResolvedCall,
  systemClock,
} from '@tributary/pipeline';
import { checkPrincipal } from './check-principal.js';
import { isPromise } from './is-promise.js';
import { gatewayOf } from './sites/gateway.js';
import { sitePath } from './sites/site-path.js';
import { waitFor } from './wait-for.js';

/** More than any process has sites for at a time; then the cache starts anew. */
const MOST_BASES = 1000;

export interface ResolveOptions {
  /** Ends the wait for a base or an account at the call's deadline. Default: the system's. */
  readonly clock?: Clock;
}

/**
 * The resolve slot: who answers for the call's principal, and at which base.
 * @throws ConfigError when a personal credential stands for the user without singleUser(), or people's
 * grants for the app.
 */
export const resolveProviders = (
  providers: AuthProviders,
  { clock = systemClock }: ResolveOptions = {},
): Middleware<Call, ResolvedCall> => {
  const { app, user } = providers;
  if (app?.authorization !== undefined) {
    throw new ConfigError(
      'app',
      `${app.kind} acts for people who grant; give it as user, and for asApp() a credential of the app's own`,
    );
  }
  if (user?.isPersonal && !user.isSingleUser) {
    throw new ConfigError(
      'user',
      `${user.kind} belongs to one person; wrap it in singleUser(…) if every asUser() shall act as that person, or use oauth()`,
    );
  }

  return {
    name: 'resolve',
    wrap(next) {
      const normalise = cachedBases();

      const send = (call: Call, provider: AuthProvider, endpoint: string): Promise<Response> => {
        const { site, product } = call;
        const base = normalise(endpoint);
        if (product !== 'bitbucket') {
          requireOfSite(base, normalise(site.url), normalise(gatewayOf(site)), provider);
        }
        const path = sitePath(site, product, call.path);
        // Its base is the whole gateway, where a redirect could lead into another site.
        const redirect = product === 'graph' ? 'manual' : call.redirect;
        return next({ ...call, provider, base, path, redirect });
      };

      return function resolve(call) {
        try {
          const provider = providerOf(providers, call);
          const checked = checkPrincipal(call, provider);
          if (checked === undefined) return locate(call, provider, send, clock);
          return waitFor(checked, call, clock).then(() => locate(call, provider, send, clock));
        } catch (error) {
          return Promise.reject(error);
        }
      };
    },
  };
};

const locate = (
  call: Call,
  provider: AuthProvider,
  send: (call: Call, provider: AuthProvider, endpoint: string) => Promise<Response>,
  clock: Clock,
): Promise<Response> => {
  const endpoint = provider.endpoint(call);
  return isPromise(endpoint)
    ? waitFor(endpoint, call, clock).then((found) => send(call, provider, found))
    : send(call, provider, endpoint);
};

const providerOf = (providers: AuthProviders, { principal }: Call): AuthProvider => {
  if (principal.kind === 'none') return providers.none;
  const provider = providers[principal.kind];
  if (provider !== undefined) return provider;
  throw principal.kind === 'app'
    ? new ConfigError(
        'app',
        'asApp() was called and no credential is configured for the app; give one, such as apiToken({ email, token })',
      )
    : new ConfigError(
        'user',
        'asUser() was called and no credential is configured for users; give oauth({ … }), or singleUser(apiToken({ … })) for a script of your own',
      );
};

const cachedBases = (): ((value: string) => string) => {
  const known = new Map<string, string>();
  return (value) => {
    const found = known.get(value);
    if (found !== undefined) return found;
    const base = normaliseBase(value, 'base');
    if (known.size >= MOST_BASES) known.clear();
    known.set(value, base);
    return base;
  };
};

/** A provider names a place of the call's own site: what else it may say, it must not send credentials there. */
const requireOfSite = (
  base: string,
  site: string,
  gateway: string,
  { kind }: AuthProvider,
): void => {
  if (base.startsWith(site) || base.startsWith(gateway)) return;
  throw new ConfigError(
    'base',
    `${kind} answers at ${new URL(base).origin}, which is neither the site nor its gateway; give the site that gateway`,
  );
};
