import {
  ConfigError,
  NetworkError,
  type ProviderServices,
  type ServiceFetch,
  type Site,
} from '@tributary/pipeline';
import { readJsonObject } from '../service-json.js';
import { isCloudId } from './cloud-id.js';

/** Tells a Cloud site's id. */
export interface TenantInfo {
  /**
   * At once where it is known, else asked of the site, which needs no credential for it.
   * @throws ConfigError when the site has none; NetworkError, retryable, when it can't be asked.
   */
  cloudId(site: Site): string | Promise<string>;
}

/** A site's id is public and never changes, so that all providers of one composition may share it. */
const shared = new WeakMap<ServiceFetch, TenantInfo>();

/** Single-flight and cached per site; failures are not cached. */
export const tenantInfo = (services: Pick<ProviderServices, 'fetch'>): TenantInfo => {
  const known = shared.get(services.fetch);
  if (known !== undefined) return known;
  const created = createTenantInfo(services.fetch);
  shared.set(services.fetch, created);
  return created;
};

const createTenantInfo = (fetch: ServiceFetch): TenantInfo => {
  const found = new Map<string, string | Promise<string>>();

  const find = (url: string): Promise<string> => {
    const asked = askSite(fetch, url);
    found.set(url, asked);
    asked.then(
      (cloudId) => found.set(url, cloudId),
      () => found.delete(url),
    );
    return asked;
  };

  return {
    cloudId(site) {
      if (site.deployment !== 'cloud') {
        throw new ConfigError('site', 'Data Center has no gateway and no cloudId');
      }
      if (site.cloudId === undefined) return found.get(site.url) ?? find(site.url);
      if (!isCloudId(site.cloudId)) throw new ConfigError('cloudId', 'must be a UUID');
      return site.cloudId;
    },
  };
};

const askSite = async (fetch: ServiceFetch, url: string): Promise<string> => {
  const address = `${url}_edge/tenant_info`;
  const response = await fetch(address, { headers: { accept: 'application/json' } });
  if (response.status >= 500 || response.status === 429) {
    await response.body?.cancel();
    throw new NetworkError(`${address} answered ${response.status}; try again later.`, {
      template: '/_edge/tenant_info',
      attempts: 1,
      sent: 'no',
    });
  }
  const { cloudId } = response.status === 200 ? await readJsonObject(response) : {};
  if (response.status !== 200) await response.body?.cancel();
  if (isCloudId(cloudId)) return cloudId;
  throw new ConfigError(
    'site',
    `no cloudId at ${address} (status ${response.status}); check the site's URL, or give its cloudId`,
  );
};
