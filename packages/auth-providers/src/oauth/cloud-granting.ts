import {
  type Grant,
  NeedsAuthenticationError,
  PrincipalError,
  type ProviderServices,
  type ResolvedCall,
  type Site,
} from '@tributary/pipeline';
import { listSites } from '../sites/choose-site.js';
import { gatewayOf } from '../sites/gateway.js';
import { isGrantedSite } from '../sites/granted-site.js';
import type { GatewayBases } from '../sites/product-base.js';
import { accessibleSites } from './accessible-resources.js';
import { CLOUD_LIFETIMES } from './grant-lifetimes.js';
import type { GrantOwner, GrantServer, NewToken } from './grant-server.js';
import { findGrantedBase } from './granted-base.js';
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
    // No way to do it for them is documented ("OAuth 2.0 (3LO) apps").
    endOfAccess: () => ({
      url: 'https://id.atlassian.com/manage-profile/apps',
      what: 'In your Atlassian account, under Connected apps, choose the app and remove its access.',
    }),
    ownerOf: (site, token, signal) => ownerOf(services, site, token, signal),
    requireGranted: async (grant, call) => {
      if (isGrantedSite(call.site)) requireSame(grant, call);
      else requireGranted(grant, call, await bases.cloudId(call.site));
    },
  };
  const granting = createGranting({ server, app: config, onGrantExpiresSoon }, services);
  return {
    ...granting,
    async credential(call) {
      const credential = await granting.credential(call);
      // Nobody knows yet where the call belongs, so that nobody there can answer 401.
      if (credential === undefined && isGrantedSite(call.site)) {
        throw new NeedsAuthenticationError({ template: call.template, sent: 'no' });
      }
      return credential;
    },
  };
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
const requireGranted = (grant: Grant, call: ResolvedCall, cloudId: string): void => {
  if (grant.sites.some((site) => site.cloudId.toLowerCase() === cloudId.toLowerCase())) return;
  throw new PrincipalError(
    `The user's grant does not cover ${call.site.url}; it covers ${listSites(grant.sites)}. Use one of these, or have the user grant again and choose this site.`,
    call.template,
  );
};

/** The grant may have come, or changed, since the call's base was found. */
const requireSame = (grant: Grant, call: ResolvedCall): void => {
  if (findGrantedBase(call, grant) === call.base) return;
  throw new PrincipalError(
    "The user's grant changed while this call was made; make it again.",
    call.template,
  );
};
