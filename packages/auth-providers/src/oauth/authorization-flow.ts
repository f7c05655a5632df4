import type { AuthorizationFlow } from '@tributary/pipeline';
import type { Asked } from './authorization-round.js';
import type { Granting } from './granting.js';
import type { OAuthConfig } from './oauth-config.js';

/** What a prompt has to know of a flow, known at once; its two steps are loaded with their first use. */
export const authorizationFlow = (
  { redirectUri, scopes }: OAuthConfig,
  granting: () => Promise<Granting>,
  asked: Asked,
): AuthorizationFlow =>
  Object.freeze<AuthorizationFlow>({
    redirectUri,
    // Atlassian compares the registered callback URL as a whole.
    allowsAnyLoopbackPort: false,
    scopes,
    start: async (options) => (await granting()).round(asked).start(options),
    complete: async (pending, callback, options) =>
      (await granting()).round(asked).complete(pending, callback, options),
  });
