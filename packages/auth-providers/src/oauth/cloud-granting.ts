import {
  type Call,
  type Grant,
  PrincipalError,
  type ProviderServices,
  type Site,
} from '@tributary/pipeline';
import { listSites } from '../sites/choose-site.js';
import { gatewayOf } from '../sites/gateway.js';
import type { GatewayBases } from '../sites/product-base.js';
import { accessibleSites } from './accessible-resources.js';
import { CLOUD_LIFETIMES } from './grant-lifetimes.js';
import type { GrantOwner, GrantServer, NewToken } from './grant-server.js';
import { createGranting, type Granting } from './granting.js';
import { grantingAccount } from './granting-account.js';
import { type OAuthConfig, OFFLINE } from './oauth-config.js';

/** Grants of Atlassian's OAuth 2.0 (3LO). */
export const cloudGranting = (
  config: OAuthConfig,
  services: ProviderServices,
  bases: GatewayBases,
): Granting => {
  const { issuer, onGrantExpiresSoon } = config;
  const server: GrantServer = {
    kind: 'oauth()',
    issuerOf: () => issuer,
    authorizePath: '/authorize',
    tokenPath: '/oauth/token',
    // As Atlassian documents them.
    authorizeParameters: { audience: 'api.atlassian.com', prompt: 'consent' },
    refreshParameters: {},
    lifetimes: CLOUD_LIFETIMES,
    ownerOf: (site, token, signal) => ownerOf(services, site, token, signal),
    requireGranted: async (grant, call) =>
      requireGranted(grant, call, await bases.cloudId(call.site)),
  };
  return createGranting({ server, app: config, onGrantExpiresSoon }, services);
};

const ownerOf = async (
  { fetch, logger }: Pick<ProviderServices, 'fetch' | 'logger'>,
  site: Site,
  token: NewToken,
  signal: AbortSignal | undefined,
): Promise<GrantOwner> => {
  // The server leaves out in silence what is not enabled for the app.
  const missing = token.asked.filter(
    (scope) => !token.scopes.includes(scope) && !(scope === OFFLINE && token.isRenewable),
  );
  if (missing.length > 0) {
    logger.warn(
      'The grant lacks scopes that were asked for; enable them for the app in the developer console.',
      { missing: missing.join(' ') },
    );
  }
  const sites = await accessibleSites(fetch, gatewayOf(site), token.accessToken, signal);
  const accountId = await grantingAccount(fetch, site, { ...token, sites }, signal);
  return { accountId, sites };
};

/** Atlassian gives one grant per app and account over the sites that the person chose. */
const requireGranted = (grant: Grant, call: Call, cloudId: string): void => {
  if (grant.sites.some((site) => site.cloudId.toLowerCase() === cloudId.toLowerCase())) return;
  throw new PrincipalError(
    `The user's grant does not cover ${call.site.url}; it covers ${listSites(grant.sites)}. Use one of these, or have the user grant again and choose this site.`,
    call.template,
  );
};
