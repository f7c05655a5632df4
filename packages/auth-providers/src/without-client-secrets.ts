// All that a browser build of this package holds. A client secret in a page is everybody's, so that a
// build that imports oauth(), dataCenterOAuth() or clientCredentials() for a browser fails.
export { type AuthenticateOptions, authenticate } from './authenticate.js';
export type {
  AuthFailure,
  AuthFailureCause,
  AuthFailureContext,
  EndpointScopes,
} from './explain/auth-failure.js';
export { explainAuthFailure } from './explain/explain-auth-failure.js';
export { grantKeyId } from './grants/grant-key.js';
export { GrantStoreError } from './grants/grant-store-error.js';
export { GrantUnreadableError } from './grants/grant-unreadable-error.js';
export { memoryAccountLinks } from './grants/memory-account-links.js';
export { type MemoryGrantsOptions, memoryGrants } from './grants/memory-grants.js';
export { memoryStorage } from './grants/memory-storage.js';
export {
  CLOUD_LIFETIMES,
  type GrantExpiresSoon,
  type GrantLifetimes,
  grantLifetimes,
  type LifetimePolicy,
} from './oauth/grant-lifetimes.js';
export { GrantRefreshError } from './oauth/grant-refresh-error.js';
export type { OnGrantExpiresSoon } from './oauth/oauth-config.js';
export { type AnonymousOptions, anonymous } from './providers/anonymous.js';
export { type ApiTokenOptions, apiToken } from './providers/api-token.js';
export { type BearerOptions, bearer, type TokenSource } from './providers/bearer.js';
export {
  type PersonalAccessTokenOptions,
  personalAccessToken,
} from './providers/personal-access-token.js';
export { singleUser } from './providers/single-user.js';
export { type ResolveOptions, resolveProviders } from './resolve.js';
export { chooseSite } from './sites/choose-site.js';
export { allowAnyHost, type CloudOptions, cloud } from './sites/cloud.js';
export { dataCenter } from './sites/data-center.js';
export type { BaseChoice } from './sites/product-base.js';
export { sitePath } from './sites/site-path.js';
export { type TenantInfo, tenantInfo } from './sites/tenant-info.js';
