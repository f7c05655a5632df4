import {
  type AuthProvider,
  type Call,
  type Credential,
  PrincipalError,
  type ProviderServices,
  type Site,
} from '@tributary/pipeline';
import { requireCloud } from '../providers/check-deployment.js';
import { verifiable } from '../verify/verifiable.js';
import type { OAuthToken } from './oauth-token.js';
import { baseFor, type RemoteSession, type RemoteSessions, sessionOf } from './remote-session.js';

export const checkRemoteSite = (site: Site): void =>
  requireCloud(site, 'forgeRemote()', 'Forge apps run there');

export const credentialOf = ({ authorization, expiresAt }: OAuthToken, base: string): Credential =>
  expiresAt === undefined ? { authorization, base } : { authorization, base, expiresAt };

const missing = (header: string, setting: string, when: string, template: string): PrincipalError =>
  new PrincipalError(
    `Forge sent no ${header} with this invocation; set endpoint.auth.${setting}.enabled in manifest.yml, with the scopes that the calls need${when}`,
    template,
  );

const systemToken = ({ system }: RemoteSession, { template }: Call): OAuthToken => {
  if (system !== undefined) return system;
  throw missing('x-forge-oauth-system', 'appSystemToken', '', template);
};

/** The invoking user's own, and nobody else's. @throws PrincipalError where there is none. */
export const userToken = ({ user, remote }: RemoteSession, call: Call): OAuthToken => {
  const { principal, template } = call;
  const wanted = principal.kind === 'user' ? principal.accountId : undefined;
  if (remote.accountId === undefined) {
    throw new PrincipalError(
      'Nobody is invoking this Forge Remote (a trigger or an event); say whom to act for, asUser(accountId), with offlineUser(remote) configured as user',
      template,
    );
  }
  if (wanted !== undefined && wanted !== remote.accountId) {
    throw new PrincipalError(
      "asUser(accountId) names another account than the invoking user's; configure offlineUser(remote) as user to act for others",
      template,
    );
  }
  if (user !== undefined) return user;
  throw missing(
    'x-forge-oauth-user',
    'appUserToken',
    '; scheduled triggers never carry one',
    template,
  );
};

/** asApp() by the system token, asUser() by the user's: what the invocation brought, at its own API. */
export const remoteProvider = (
  kind: 'forge-remote-app' | 'forge-remote-user',
  sessions: RemoteSessions,
  services: ProviderServices,
): AuthProvider => {
  const tokenOf = kind === 'forge-remote-app' ? systemToken : userToken;
  return verifiable(services, {
    kind,
    appKey: 'forge-remote',
    checkSite: checkRemoteSite,
    endpoint: (call) => baseFor(sessionOf(sessions, call), call),
    credential: (call) => credentialOf(tokenOf(sessionOf(sessions, call), call), call.base),
  });
};
