import type { EndpointScopes } from './auth-failure.js';
import { endpointScopes } from './endpoint-scopes.js';
import { findEndpointKey } from './find-endpoint.js';
import { V1_SCOPES } from './v1-scopes.js';
import { V2_SCOPES } from './v2-scopes.js';

/** An endpoint of Confluence whose scopes are known. */
export interface KnownEndpoint extends EndpointScopes {
  /** As the tables have it, without ids: `/wiki/api/v2/pages/{}`. */
  readonly template: string;
}

/**
 * The endpoint that a call goes to, and the scopes that it wants: all of `classic` or all of `granular`, where
 * there are any.
 * @param path a template, or a path with its ids
 * @returns undefined for an endpoint that the tables don't have
 */
export const findKnownEndpoint = (path: string, method: string): KnownEndpoint | undefined => {
  const template = findEndpointKey(V2_SCOPES, path) ?? findEndpointKey(V1_SCOPES, path);
  if (template === undefined) return undefined;
  const scopes = endpointScopes(template, method);
  return scopes && { template, ...scopes };
};
