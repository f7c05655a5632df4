export { type ClientCredentialsOptions, clientCredentials } from './oauth/client-credentials.js';
export { type DataCenterOAuthOptions, dataCenterOAuth } from './oauth/data-center-oauth.js';
export { oauth } from './oauth/oauth.js';
export type { OAuthOptions } from './oauth/oauth-config.js';
export * from './without-client-secrets.js';
