import type { ProviderServices } from '@tributary/pipeline';
import { type Asked, type AuthorizationRound, authorizationRound } from './authorization-round.js';
import { grantRefresher, type RefreshGrant } from './grant-refresher.js';
import type { OAuthConfig } from './oauth-config.js';
import { tokenEndpoint } from './token-endpoint.js';

/** How a grant comes about, and how it is kept alive. */
export interface Granting {
  readonly refresh: RefreshGrant;
  round(asked: Asked): AuthorizationRound;
}

/** All that talks to the authorization server: a stored grant that is still good needs none of it. */
export const createGranting = (config: OAuthConfig, services: ProviderServices): Granting => {
  const endpoint = tokenEndpoint(config, services.fetch);
  return {
    refresh: grantRefresher(services, endpoint),
    round: (asked) => authorizationRound(config, endpoint, services, asked),
  };
};
