import type { EndpointScopes } from './auth-failure.js';
import { findEndpoint } from './find-endpoint.js';
import { V1_SCOPES } from './v1-scopes.js';
import { V2_SCOPES } from './v2-scopes.js';

const list = (scopes: string): readonly string[] => scopes.split(' ').filter((name) => name !== '');

/** The scopes that an endpoint wants, where we know. */
export const endpointScopes = (template: string, method: string): EndpointScopes | undefined => {
  const granular = findEndpoint(V2_SCOPES, template)?.[method];
  if (granular !== undefined) return { classic: [], granular: list(granular) };
  const both = findEndpoint(V1_SCOPES, template)?.[method];
  return both && { classic: list(both[0]), granular: list(both[1]) };
};
