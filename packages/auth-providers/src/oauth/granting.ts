import type { ProviderServices, RevokedGrant } from '@tributary/pipeline';
import {
  type Asked,
  type AskedUser,
  type AuthorizationRound,
  authorizationRound,
} from './authorization-round.js';
import type { OAuthApp } from './client-config.js';
import { expiryNotices } from './expiry-notices.js';
import { forgetGrant } from './forget-grant.js';
import { type GrantCredentials, grantCredentials } from './grant-credentials.js';
import { grantRefresher } from './grant-refresher.js';
import type { GrantServer } from './grant-server.js';
import { issuerPromise, type PromisesIssuer } from './issuer-promise.js';
import type { OnGrantExpiresSoon } from './oauth-config.js';
import { type TokenEndpoint, tokenEndpoint } from './token-endpoint.js';

/** How grants come about, are used, and are kept alive. */
export interface Granting extends GrantCredentials {
  round(asked: Asked): AuthorizationRound;
  revoke(user: AskedUser): Promise<RevokedGrant>;
  dispose(): Promise<void>;
}

export interface GrantingOptions {
  readonly server: GrantServer;
  readonly app: OAuthApp;
  readonly onGrantExpiresSoon?: OnGrantExpiresSoon | undefined;
}

/** All that works with the grants of one app, whichever server gives them. */
export const createGranting = (
  { server, app, onGrantExpiresSoon }: GrantingOptions,
  services: ProviderServices,
): Granting => {
  const endpoints = new Map<string, TokenEndpoint>();
  const promises = new Map<string, PromisesIssuer>();
  const promisesIssuer = (issuer: string): PromisesIssuer => {
    const known = promises.get(issuer) ?? issuerPromise(issuer, services);
    promises.set(issuer, known);
    return known;
  };
  const endpointOf = (issuer: string): TokenEndpoint => {
    const known = endpoints.get(issuer);
    if (known !== undefined) return known;
    const url = `${issuer}${server.tokenPath}`;
    const { refreshParameters } = server;
    const created = tokenEndpoint({ issuer, url, client: app, refreshParameters }, services);
    endpoints.set(issuer, created);
    return created;
  };
  const refresher = grantRefresher(services, endpointOf);
  const { refresh } = refresher;
  const noticeExpiry = expiryNotices(services.logger, server.lifetimes, onGrantExpiresSoon);

  return {
    ...grantCredentials({ server, client: app, endpointOf, refresh, noticeExpiry }, services),
    round: (asked) => {
      const issuer = server.issuerOf(asked.site);
      const endpoint = endpointOf(issuer);
      const options = { server, app, endpoint, promisesIssuer: promisesIssuer(issuer) };
      return authorizationRound(options, services, asked);
    },
    dispose: refresher.dispose,
    async revoke({ site, userId, accountId }) {
      const issuer = server.issuerOf(site);
      const user = { issuer, clientId: app.clientId, userId };
      const { keys, accountId: whose } = await forgetGrant(services, user, accountId);
      for (const key of keys) refresher.forget(key);
      const atAtlassian = server.endOfAccess(site);
      return whose === undefined ? { atAtlassian } : { accountId: whose, atAtlassian };
    },
  };
};
