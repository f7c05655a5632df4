import {
  type AuthProviderFactory,
  ChainError,
  type Invocation,
  type ProviderServices,
  type Site,
  silentLogger,
  systemClock,
} from '@tributary/pipeline';
import { createInvocation } from '@tributary/pipeline/invocation';
import { checkClaims } from './check-claims.js';
import { type ForgeRemoteOptions, readForgeRemoteConfig } from './forge-remote-config.js';
import { InvocationTokenError } from './invocation-token-error.js';
import { createKeySet, type KeySetServices } from './key-set.js';
import { readOAuthToken } from './oauth-token.js';
import { type RemoteContext, readContext, type VerifiedContext } from './remote-context.js';
import { remoteProvider } from './remote-provider.js';
import type { RemoteSessions } from './remote-session.js';
import { bearerOf, verifyToken } from './verify-token.js';

/** An invocation whose every field comes from a token that Atlassian signed. Its OAuth tokens are not on it. */
export interface RemoteInvocation extends Invocation {
  readonly surface: 'forge';
  readonly site: Site;
  readonly installationId: string;
  readonly remote: RemoteContext;
}

/** A Forge Remote backend. */
export interface ForgeRemote {
  /** asApp(): `x-forge-oauth-system`. */
  readonly app: AuthProviderFactory;
  /** asUser(): `x-forge-oauth-user` of whoever is invoking. */
  readonly user: AuthProviderFactory;
  /**
   * Verifies that a request comes from Forge and is meant for this app. Run the handler with what it
   * gives: `runInInvocation(invocation, handler)`. Of the request only `authorization` and, once that is
   * verified, `x-forge-oauth-*` are read.
   * @throws InvocationTokenError (answer 401), InvocationKeysError (answer 503)
   */
  verifyInvocation(request: Pick<Request, 'headers'>): Promise<RemoteInvocation>;
}

const sessionsByRemote = new WeakMap<ForgeRemote, RemoteSessions>();

/** For providers that build on a remote. */
export const sessionsOf = (remote: ForgeRemote): RemoteSessions => {
  const sessions = sessionsByRemote.get(remote);
  if (sessions === undefined) throw new ChainError('`remote` must be what forgeRemote() gave.');
  return sessions;
};

/**
 * The credentials that Forge sends with each request to a remote backend. Give `app` and `user` to
 * `createTributary`, which needs no site then: each invocation names its own.
 * @throws ConfigError naming the option.
 */
export const forgeRemote = (options: ForgeRemoteOptions): ForgeRemote => {
  const config = readForgeRemoteConfig(options);
  const keys = createKeySet(config.jwksUrl);
  const sessions: RemoteSessions = new WeakMap();
  let composed: ProviderServices | undefined;

  const servicesNow = (): KeySetServices => {
    const fetch = options.fetch ?? composed?.fetch;
    if (fetch === undefined) {
      throw new ChainError(
        'verifyInvocation() has nothing to get keys with yet; give `app` or `user` of this remote to createTributary() first, or `fetch` to forgeRemote().',
      );
    }
    return {
      fetch,
      clock: options.clock ?? composed?.clock ?? systemClock,
      logger: options.logger ?? composed?.logger ?? silentLogger,
    };
  };

  const verify = async (headers: Headers, services: KeySetServices): Promise<RemoteInvocation> => {
    const claims = await verifyToken(bearerOf(headers.get('authorization')), keys, services);
    const reason = checkClaims(claims, config, services.clock.now());
    if (reason !== undefined) throw new InvocationTokenError(reason);
    const context = readContext(claims, config);
    const system = await readOAuthToken(headers.get('x-forge-oauth-system'));
    const user =
      context.remote.accountId === undefined
        ? undefined
        : await readOAuthToken(headers.get('x-forge-oauth-user'));
    const invocation = invocationOf(context);
    sessions.set(invocation, { ...context, ...(system && { system }), ...(user && { user }) });
    return invocation;
  };

  const provider =
    (kind: Parameters<typeof remoteProvider>[0]): AuthProviderFactory =>
    (services) => {
      composed = services;
      return remoteProvider(kind, sessions, services);
    };

  const remote: ForgeRemote = Object.freeze({
    app: provider('forge-remote-app'),
    user: provider('forge-remote-user'),
    async verifyInvocation({ headers }: Pick<Request, 'headers'>) {
      const services = servicesNow();
      try {
        return await verify(headers, services);
      } catch (error) {
        if (error instanceof InvocationTokenError) {
          services.logger.warn('A request to the Forge Remote was refused.', {
            reason: error.reason,
          });
        }
        throw error;
      }
    },
  });
  sessionsByRemote.set(remote, sessions);
  return remote;
};

const invocationOf = ({ remote, site }: VerifiedContext): RemoteInvocation => {
  const { accountId, installationId, context } = remote;
  const invocation = createInvocation({
    surface: 'forge',
    // Events and triggers bring no context, and nobody is there to be asked.
    interactive: accountId !== undefined && context !== undefined,
    site,
    installationId,
    ...(accountId !== undefined && { user: { id: accountId, accountId } }),
  });
  return Object.freeze(Object.assign(Object.create(null), invocation, { remote }));
};
