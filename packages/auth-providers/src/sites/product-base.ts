import { type Call, type ProviderServices, RequestError, type Site } from '@tributary/pipeline';
import { waitFor } from '../wait-for.js';
import { gatewayOf } from './gateway.js';
import { type TenantInfo, tenantInfo } from './tenant-info.js';

/** Which of a site's two addresses a credential is honoured at. */
export type BaseChoice = 'site' | 'gateway';

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
      const id = cloudId(call.site);
      if (typeof id === 'string') return baseOf(call, id);
      return waitFor(id, call, services.clock).then((found) => baseOf(call, found));
    },
  };
};

const baseOf = ({ site, product, template }: Call, cloudId: string): string => {
  if (product !== 'confluence' && product !== 'jira') {
    throw new RequestError('product', `${product} is not reached through a site`, template);
  }
  return gatewayBase(site, product, cloudId);
};

export const gatewayBase = (site: Site, product: 'confluence' | 'jira', cloudId: string): string =>
  `${gatewayOf(site)}ex/${product}/${cloudId}/`;
