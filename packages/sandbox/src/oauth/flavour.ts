import { type OAuthClient, type ServiceClient, serviceClients } from './client.js';
import { dataCenterScopes, knownScopes } from './scopes.js';

/** What differs between auth.atlassian.com and the OAuth provider of a Data Center site. */
export interface Flavour {
  readonly name: 'auth' | 'data-center';
  readonly authorizePath: string;
  readonly tokenPath: string;
  /** Where people log in and consent; the interaction's id follows. */
  readonly interactionPath: string;
  readonly client: OAuthClient;
  readonly service: ServiceClient;
  readonly scopes: readonly string[];
  readonly wantsAudience: boolean;
  /** Whether a refresh token has to be asked for. */
  readonly wantsOfflineAccess: boolean;
  readonly comparesRedirectUriInRefresh: boolean;
  /** What is wrong with the scope of a client credentials request, if anything. */
  readonly refuseServiceScope: (scope: string | undefined) => string | undefined;
}

export const cloudFlavour = (client: OAuthClient): Flavour => ({
  name: 'auth',
  authorizePath: '/authorize',
  tokenPath: '/oauth/token',
  interactionPath: '/interaction/',
  client,
  service: serviceClients.cloud,
  scopes: knownScopes,
  wantsAudience: true,
  wantsOfflineAccess: true,
  comparesRedirectUriInRefresh: false,
  // They belong to the credential.
  refuseServiceScope: (scope) =>
    scope === undefined ? undefined : 'The requested scope is invalid, unknown, or malformed.',
});

/** `context` is the site's path, such as `/confluence`. */
export const dataCenterFlavour = (client: OAuthClient, context: string): Flavour => ({
  name: 'data-center',
  authorizePath: `${context}/rest/oauth2/latest/authorize`,
  tokenPath: `${context}/rest/oauth2/latest/token`,
  interactionPath: `${context}/plugins/servlet/oauth2/consent/`,
  client,
  service: serviceClients.dataCenter,
  scopes: dataCenterScopes,
  wantsAudience: false,
  wantsOfflineAccess: false,
  comparesRedirectUriInRefresh: true,
  refuseServiceScope(scope) {
    if (scope === undefined) return 'scope is required';
    const isKnown = scope.split(' ').every((name) => name === 'READ' || name === 'WRITE');
    return isKnown ? undefined : 'scope must be READ or WRITE';
  },
});
