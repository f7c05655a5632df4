import type { ProviderServices } from '@tributary/pipeline';
import { type Asked, type AuthorizationRound, authorizationRound } from './authorization-round.js';
import type { OAuthApp } from './client-config.js';
import { expiryNotices } from './expiry-notices.js';
import { type GrantCredentials, grantCredentials } from './grant-credentials.js';
import { grantRefresher } from './grant-refresher.js';
import type { GrantServer } from './grant-server.js';
import type { OnGrantExpiresSoon } from './oauth-config.js';
import { type TokenEndpoint, tokenEndpoint } from './token-endpoint.js';

/** How grants come about, are used, and are kept alive. */
export interface Granting extends GrantCredentials {
  round(asked: Asked): AuthorizationRound;
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
  const endpointOf = (issuer: string): TokenEndpoint => {
    const known = endpoints.get(issuer);
    if (known !== undefined) return known;
    const url = `${issuer}${server.tokenPath}`;
    const { refreshParameters } = server;
    const created = tokenEndpoint({ issuer, url, client: app, refreshParameters }, services);
    endpoints.set(issuer, created);
    return created;
  };
  const refresh = grantRefresher(services, endpointOf);
  const noticeExpiry = expiryNotices(services.logger, server.lifetimes, onGrantExpiresSoon);

  return {
    ...grantCredentials({ server, client: app, endpointOf, refresh, noticeExpiry }, services),
    round: (asked) => {
      const endpoint = endpointOf(server.issuerOf(asked.site));
      return authorizationRound({ server, app, endpoint }, services, asked);
    },
  };
};
