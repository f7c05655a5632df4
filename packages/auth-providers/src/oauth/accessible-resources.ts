import {
  AuthorizationServerError,
  type GrantedSite,
  revealSecret,
  type Secret,
  type ServiceFetch,
} from '@tributary/pipeline';
import { readJson } from '../service-json.js';
import { isCloudId } from '../sites/cloud-id.js';

/** The sites that the person let the app into. One may be listed once per product. */
export const accessibleSites = async (
  fetch: ServiceFetch,
  gateway: string,
  accessToken: Secret,
  signal?: AbortSignal,
): Promise<readonly GrantedSite[]> => {
  const response = await fetch(`${gateway}oauth/token/accessible-resources`, {
    headers: {
      accept: 'application/json',
      authorization: `Bearer ${revealSecret(accessToken)}`,
    },
    ...(signal && { signal }),
  });
  if (response.status !== 200) await response.body?.cancel();
  const list = response.status === 200 ? await readJson(response) : undefined;
  if (!Array.isArray(list)) {
    throw new AuthorizationServerError(
      `The gateway did not list the sites of the grant (status ${response.status}).`,
      { retryable: response.status >= 500 || response.status === 429 },
    );
  }
  const sites = new Map<string, GrantedSite>();
  for (const entry of list as unknown[]) {
    const site = readSite(entry);
    if (site !== undefined && !sites.has(site.cloudId)) sites.set(site.cloudId, site);
  }
  return Object.freeze([...sites.values()]);
};

const readSite = (entry: unknown): GrantedSite | undefined => {
  if (typeof entry !== 'object' || entry === null) return undefined;
  const { id, url, name } = entry as Record<string, unknown>;
  if (!isCloudId(id) || typeof url !== 'string') return undefined;
  return Object.freeze({ cloudId: id, url, ...(typeof name === 'string' && { name }) });
};
