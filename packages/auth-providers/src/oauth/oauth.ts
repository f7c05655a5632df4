import type { AuthProviderFactory, Site } from '@tributary/pipeline';
import { requireCloud } from '../providers/check-deployment.js';
import { gatewayBases } from '../sites/product-base.js';
import { verifiable } from '../verify/verifiable.js';
import { type OAuthOptions, readOAuthConfig } from './oauth-config.js';
import { userGrants } from './user-grants.js';

const checkSite = (site: Site): void => requireCloud(site, 'oauth()', 'use dataCenterOAuth({ … })');

/**
 * Each user's own grant: Atlassian's OAuth 2.0 (3LO), with refresh and rotation.
 * @throws ConfigError naming the option.
 */
export const oauth = (options: OAuthOptions): AuthProviderFactory => {
  const config = readOAuthConfig(options);

  return (services) => {
    const bases = gatewayBases(services);
    const provider = userGrants({
      kind: 'oauth',
      app: config,
      endpoint: bases.base,
      checkSite,
      async load() {
        const { cloudGranting } = await import('./cloud-granting.js');
        return () => cloudGranting(config, services, bases);
      },
    });
    const { clientId, issuer } = config;
    return verifiable(services, provider, { grant: { clientId, issuerOf: () => issuer } });
  };
};
