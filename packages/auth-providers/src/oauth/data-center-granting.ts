import {
  AuthorizationServerError,
  NeedsAuthenticationError,
  type ProviderServices,
  revealSecret,
  Secret,
} from '@tributary/pipeline';
import { dataCenterUser } from '../providers/own-account.js';
import { withoutSlash } from './authorization-server.js';
import type { DataCenterOAuthConfig } from './data-center-oauth.js';
import type { GrantServer } from './grant-server.js';
import { createGranting, type Granting } from './granting.js';

/** Grants of a Data Center site: it is its own authorization server, so that each is for one site. */
export const dataCenterGranting = (
  config: DataCenterOAuthConfig,
  services: ProviderServices,
): Granting => {
  const { lifetimes, redirectUri, onGrantExpiresSoon } = config;
  const server: GrantServer = {
    kind: 'dataCenterOAuth()',
    issuerOf: (site) => withoutSlash(site.url),
    authorizePath: '/rest/oauth2/latest/authorize',
    tokenPath: '/rest/oauth2/latest/token',
    authorizeParameters: {},
    // It compares the redirect URI in a refresh too, and says invalid_grant where there is none.
    refreshParameters: { redirect_uri: redirectUri },
    lifetimes,
    // Page "View and revoke OAuth access tokens"; the entry's name changed with Confluence 9.
    endOfAccess: ({ url }) => ({
      url,
      what: 'In Confluence choose your profile picture, Settings, then View Authorised Applications (View OAuth Access Tokens before Confluence 9), and revoke the access of the app.',
    }),
    async ownerOf(site, { accessToken }, signal) {
      const authorization = new Secret(`Bearer ${revealSecret(accessToken)}`);
      const accountId = await dataCenterUser(services, site.url, authorization, signal);
      if (accountId === undefined) {
        throw new AuthorizationServerError(
          'It can not be told whose grant it is: the site did not name a user at rest/api/user/current.',
          { retryable: true },
        );
      }
      return { accountId, sites: [] };
    },
    requireGranted: async () => {},
  };
  const granting = createGranting({ server, app: config, onGrantExpiresSoon }, services);
  return {
    ...granting,
    /** Where anonymous access is on, a call without a credential would be answered, as a stranger's. */
    async credential(call) {
      const credential = await granting.credential(call);
      if (credential === undefined)
        throw new NeedsAuthenticationError({ template: call.template, sent: 'no' });
      return credential;
    },
  };
};
