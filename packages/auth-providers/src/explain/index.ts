export type { EndpointScopes } from './auth-failure.js';
export { findKnownEndpoint, type KnownEndpoint } from './known-endpoint.js';
