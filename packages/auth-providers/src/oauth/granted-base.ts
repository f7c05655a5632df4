import type { Call, Grant } from '@tributary/pipeline';
import { chooseSite } from '../sites/choose-site.js';
import { gatewayOf } from '../sites/gateway.js';
import { gatewayBase, siteProduct } from '../sites/product-base.js';

/**
 * Where a call goes that names no site: to the one in the user's grant. Without a grant, and for the API
 * that all sites have in common, it is the gateway itself.
 * @throws ConfigError naming `site` and listing them, where the grant covers several.
 */
export const findGrantedBase = (call: Call, grant: Grant | undefined): string => {
  const product = siteProduct(call);
  if (grant === undefined || product === undefined) return gatewayOf(call.site);
  return gatewayBase(call.site, product, chooseSite(grant.sites).cloudId);
};
