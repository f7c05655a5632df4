import { type Call, type ProviderServices, RequestError, type Site } from '@tributary/pipeline';
import { waitFor } from '../wait-for.js';
import { gatewayOf } from './gateway.js';
import { type TenantInfo, tenantInfo } from './tenant-info.js';

/** Where a credential is honoured: at one of a site's two addresses, or at Bitbucket, which has its own. */
export type BaseChoice = 'site' | 'gateway' | 'bitbucket';

const BITBUCKET = 'https://api.bitbucket.org/';

/** Where calls go whose credential is honoured at the gateway, and which site that is there. */
export interface GatewayBases {
  base(call: Call): string | Promise<string>;
  cloudId(site: Site): ReturnType<TenantInfo['cloudId']>;
}

export const gatewayBases = (services: Pick<ProviderServices, 'fetch' | 'clock'>): GatewayBases => {
  const { cloudId } = tenantInfo(services);
  return {
    cloudId,
    base(call) {
      const { site } = call;
      const product = siteProduct(call);
      if (product === undefined) return gatewayOf(site);
      const id = cloudId(site);
      if (typeof id === 'string') return gatewayBase(site, product, id);
      return waitFor(id, call, services.clock).then((found) => gatewayBase(site, product, found));
    },
  };
};

/** The product of a site, or undefined for the API that all have in common. */
export const siteProduct = ({ product, template }: Call): 'confluence' | 'jira' | undefined => {
  if (product === 'confluence' || product === 'jira') return product;
  if (product === 'graph') return undefined;
  throw new RequestError(
    'product',
    "Bitbucket takes no credential of a site; give a client of its own one with base: 'bitbucket'",
    template,
  );
};

/** Atlassian's GraphQL, and what else its sites have in common: "Atlassian GraphQL API, Authentication". */
export const siteBase = (call: Call): string =>
  siteProduct(call) === undefined ? `${call.site.url}gateway/api/` : call.site.url;

/** @throws RequestError for other products: the credential is none of theirs. */
export const bitbucketBase = ({ product, template }: Call): string => {
  if (product === 'bitbucket') return BITBUCKET;
  throw new RequestError('product', "the credential has base: 'bitbucket'", template);
};

export const gatewayBase = (site: Site, product: 'confluence' | 'jira', cloudId: string): string =>
  `${gatewayOf(site)}ex/${product}/${cloudId}/`;
