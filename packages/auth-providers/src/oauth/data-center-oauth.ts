import { type AuthProviderFactory, ConfigError, type Site } from '@tributary/pipeline';
import { requireDataCenter } from '../providers/check-deployment.js';
import { verifiable } from '../verify/verifiable.js';
import { withoutSlash } from './authorization-server.js';
import { type OAuthApp, readClient, requireRedirectUri, requireScopes } from './client-config.js';
import type { LifetimePolicy } from './grant-lifetimes.js';
import { type OnGrantExpiresSoon, readListener } from './oauth-config.js';
import { userGrants } from './user-grants.js';

export interface DataCenterOAuthOptions {
  /** From the incoming link: Administration, Application links, Create link, External application. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** The redirect URL as it is registered there, character by character. https, or http to loopback. */
  readonly redirectUri: string;
  /** `READ`, `WRITE`, `ADMIN` or `SYSTEM_ADMIN`; each includes those before it. */
  readonly scopes: readonly string[];
  /** How long the site's refresh tokens live; its administrator may have changed it. Default 90 days. */
  readonly refreshTokenDays?: number;
  /**
   * Called when a grant that could not be renewed ends within 30, 7 and 1 days, once each per grant
   * and process; the logger is told too. Default: the logger only.
   */
  readonly onGrantExpiresSoon?: OnGrantExpiresSoon;
}

/** The same, checked. */
export interface DataCenterOAuthConfig extends OAuthApp {
  readonly lifetimes: LifetimePolicy;
  readonly onGrantExpiresSoon?: OnGrantExpiresSoon;
}

const DEFAULT_REFRESH_DAYS = 90;

const checkSite = (site: Site): void =>
  requireDataCenter(site, 'dataCenterOAuth()', 'use oauth({ … })');

/**
 * Each user's own grant at a Data Center site, Confluence 7.17 or later: authorization code with PKCE
 * at the site's own `/rest/oauth2/latest` (page "Confluence OAuth 2.0 provider API"). An account is
 * named by its `userKey`: users have no accountId there, and a `username` may be changed. Who has not
 * granted yet is asked before anything is sent: where anonymous access is on, no 401 would tell.
 * @throws ConfigError naming the option.
 */
export const dataCenterOAuth = (options: DataCenterOAuthOptions): AuthProviderFactory => {
  const config: DataCenterOAuthConfig = Object.freeze({
    ...readClient(options, 'find it at the incoming link: Administration, Application links'),
    redirectUri: requireRedirectUri(options.redirectUri),
    scopes: Object.freeze(readScopes(options.scopes)),
    lifetimes: { idleDays: readDays(options.refreshTokenDays) },
    ...readListener(options.onGrantExpiresSoon),
  });

  return (services) => {
    const provider = userGrants({
      kind: 'data-center-oauth',
      app: config,
      endpoint({ site }) {
        checkSite(site);
        return site.url;
      },
      checkSite,
      scopes: (asked) => (asked === undefined ? config.scopes : Object.freeze(readScopes(asked))),
      async load() {
        const { dataCenterGranting } = await import('./data-center-granting.js');
        return () => dataCenterGranting(config, services);
      },
    });
    const issuerOf = (site: Site) => withoutSlash(site.url);
    return verifiable(services, provider, { grant: { clientId: config.clientId, issuerOf } });
  };
};

const readScopes = (value: unknown): string[] => {
  const scopes = [...requireScopes(value, "['READ']")];
  if (scopes.some((scope) => scope.includes(':') || scope === 'offline_access')) {
    throw new ConfigError(
      'scopes',
      "are Cloud's; Data Center knows READ, WRITE, ADMIN and SYSTEM_ADMIN",
    );
  }
  return scopes;
};

const readDays = (value: unknown = DEFAULT_REFRESH_DAYS): number => {
  if (typeof value === 'number' && value > 0) return value;
  throw new ConfigError('refreshTokenDays', 'must be a number of days above 0');
};
