import { type AuthProvider, ConfigError } from '@tributary/pipeline';
import {
  type BaseChoice,
  bitbucketBase,
  type GatewayBases,
  siteBase,
} from '../sites/product-base.js';

/** The base that was asked for; by default the gateway on Cloud and the site's URL on Data Center. */
export const chosenBase = (
  choice: BaseChoice | undefined,
  gateway: GatewayBases,
): Pick<AuthProvider, 'endpoint' | 'checkSite'> => ({
  endpoint(call) {
    if (choice === 'bitbucket') return bitbucketBase(call);
    const isSite =
      choice === 'site' || (choice === undefined && call.site.deployment === 'data-center');
    return isSite ? siteBase(call) : gateway.base(call);
  },
  checkSite(site) {
    if (choice === 'gateway' && site.deployment === 'data-center') {
      throw new ConfigError('base', "Data Center has no gateway; use 'site'");
    }
  },
});
