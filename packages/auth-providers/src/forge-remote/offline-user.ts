import type { AuthProviderFactory, Call, Clock, Credential } from '@tributary/pipeline';
import { isSameSecret } from '../same-text.js';
import { verifiable } from '../verify/verifiable.js';
import { waitFor } from '../wait-for.js';
import { type ForgeRemote, sessionsOf } from './forge-remote.js';
import { readServiceAddress } from './forge-remote-config.js';
import type { OAuthToken } from './oauth-token.js';
import { offlineTokens } from './offline-tokens.js';
import type { InstallationContext } from './remote-context.js';
import { checkRemoteSite, credentialOf, userToken } from './remote-provider.js';
import { baseFor, type RemoteSession, sessionOf } from './remote-session.js';

export interface OfflineUserOptions {
  /** Where tokens are asked for. Default `https://api.atlassian.com/graphql`. */
  readonly graphqlUrl?: string;
  /**
   * The context ARIs of the installation that the token is asked for. Default
   * `ari:cloud:{name}::site/{cloudId}` of each context that the invocation token names, or the name
   * itself where it is an ARI.
   */
  readonly contextIds?: (contexts: readonly InstallationContext[]) => readonly string[];
}

const GRAPHQL_URL = 'https://api.atlassian.com/graphql';

const contextAris = (contexts: readonly InstallationContext[]): readonly string[] =>
  contexts.map(({ name, cloudId }) =>
    name.startsWith('ari:') ? name : `ari:cloud:${name}::site/${cloudId}`,
  );

/**
 * asUser() of a Forge Remote for people who are not there: `asUser(accountId)` in a trigger, an event,
 * or somebody else's invocation, by offline impersonation. The invoking user is still answered for by
 * their own token. The manifest has to allow impersonation for the scopes; service accounts and guests
 * can't be acted for (Forge: "Remote", Offline user impersonation).
 * @throws ConfigError naming `graphqlUrl`; OfflineUserError, as a rejection of the call, when no token is given
 */
export const offlineUser = (
  remote: ForgeRemote,
  options: OfflineUserOptions = {},
): AuthProviderFactory => {
  const { contextIds = contextAris } = options;
  const url = readServiceAddress('graphqlUrl', options.graphqlUrl ?? GRAPHQL_URL);
  const sessions = sessionsOf(remote);

  return (services) => {
    // The remote gets its keys by the same services.
    remote.user(services);
    const tokens = offlineTokens(url, services);
    const { clock } = services;

    const request = (session: RemoteSession, accountId: string, { template }: Call) => ({
      session,
      accountId,
      template,
      contextIds: contextIds(session.remote.installationContexts),
    });

    return verifiable(services, {
      kind: 'offline-user',
      appKey: 'forge-remote',
      canImpersonate: true,
      checkSite: checkRemoteSite,
      endpoint: (call) => baseFor(sessionOf(sessions, call), call),

      async credential(call) {
        const session = sessionOf(sessions, call);
        const absent = absentUser(session, call);
        const token =
          absent === undefined
            ? userToken(session, call)
            : await waitFor(tokens.get(request(session, absent, call)), call, clock);
        return credentialOf(token, call.base);
      },

      async renew(call, rejected) {
        const session = sessionOf(sessions, call);
        const absent = absentUser(session, call);
        // What the invocation brought is not renewed, and not made up for by impersonation.
        if (absent === undefined) return hasEnded(rejected, clock) ? undefined : 'unchanged';
        const wasRejected = ({ authorization }: OAuthToken) =>
          isSameSecret(authorization, rejected.authorization);
        const renewing = tokens.renew(request(session, absent, call), wasRejected);
        const renewed = await waitFor(renewing, call, clock);
        return renewed === 'unchanged' ? renewed : credentialOf(renewed, call.base);
      },
    });
  };
};

const hasEnded = ({ expiresAt }: Credential, clock: Clock): boolean =>
  expiresAt !== undefined && expiresAt <= clock.now();

/** Whom to act for by impersonation; `undefined` for the invoking user, whose own token is used. */
const absentUser = ({ remote, user }: RemoteSession, { principal }: Call): string | undefined => {
  const named = principal.kind === 'user' ? principal.accountId : undefined;
  return user !== undefined && named === remote.accountId ? undefined : named;
};
