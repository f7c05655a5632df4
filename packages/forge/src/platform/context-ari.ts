import { RequestError } from '@tributary/pipeline';
import type { ForgeRemote } from './forge-fetch.js';

/** What an installation's context says: which product, and which site's. */
export interface ContextTarget {
  readonly remote: Exclude<ForgeRemote, 'stargate'>;
  /** Undefined for Bitbucket, whose workspaces belong to no site. */
  readonly cloudId: string | undefined;
}

/** `ari:cloud:{product}:{cloudId?}:{type}/{id}` (Atlassian Resource Identifiers). */
const ARI = /^ari:cloud:([a-z-]+):([^:]*):[a-z-]+\/([^/]+)/;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * `ari:cloud:confluence::site/{cloudId}`, or with the cloudId between the colons:
 * `ari:cloud:jira:{cloudId}:workspace/…`.
 * @throws RequestError
 */
export const readContextAri = (ari: unknown): ContextTarget => {
  const [, service, between, id] = (typeof ari === 'string' && ARI.exec(ari)) || [];
  if (service === 'bitbucket') return { remote: 'bitbucket', cloudId: undefined };
  const cloudId = between === '' ? id : between;
  const remote =
    service === 'confluence' ? 'confluence' : service?.startsWith('jira') ? 'jira' : undefined;
  if (remote !== undefined && cloudId !== undefined && UUID.test(cloudId)) {
    return { remote, cloudId };
  }
  throw new RequestError(
    'contextAri',
    'must name Confluence or Jira and the cloudId of a site, or Bitbucket, such as ari:cloud:confluence::site/{cloudId}',
  );
};
