import type { AuthProvider, AuthProviderFactory, Call, Site } from '@tributary/pipeline';
import { requireCloud } from '../providers/check-deployment.js';
import { grantedSite, isGrantedSite } from '../sites/granted-site.js';
import { gatewayBases } from '../sites/product-base.js';
import { verifiable } from '../verify/verifiable.js';
import { askedScopes, type OAuthOptions, readOAuthConfig } from './oauth-config.js';
import { userGrants } from './user-grants.js';

const checkSite = (site: Site): void => requireCloud(site, 'oauth()', 'use dataCenterOAuth({ … })');

/**
 * Each user's own grant: Atlassian's OAuth 2.0 (3LO), with refresh and rotation. A call that names no site
 * goes to the one that the user let the app into; where they are several, one has to be chosen.
 * @throws ConfigError naming the option.
 */
export const oauth = (options: OAuthOptions): AuthProviderFactory => {
  const config = readOAuthConfig(options);

  return (services) => {
    const bases = gatewayBases(services);
    const grants = userGrants({
      kind: 'oauth',
      app: config,
      endpoint: (call) => (isGrantedSite(call.site) ? grantedBase(call) : bases.base(call)),
      checkSite,
      scopes: (asked) => askedScopes(config, asked),
      async load() {
        const { cloudGranting } = await import('./cloud-granting.js');
        return () => cloudGranting(config, services, bases);
      },
    });
    const { clientId, issuer, gateway } = config;
    const grantedBase = async (call: Call): Promise<string> => {
      const { findGrantedBase } = await import('./granted-base.js');
      const accountId = await grants.account?.(call);
      const key = accountId === undefined ? undefined : { issuer, clientId, accountId };
      return findGrantedBase(call, key && (await services.grants.read(key)));
    };
    const provider: AuthProvider = { ...grants, defaultSite: grantedSite(gateway) };
    return verifiable(services, provider, { grant: { clientId, issuerOf: () => issuer } });
  };
};
