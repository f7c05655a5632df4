import { ConfigError, isLoopback, Secret } from '@tributary/pipeline';
import { requireToken } from '../providers/config-value.js';

/** Who asks for tokens: an app, or a service account. */
export interface OAuthClient {
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/** An app that people grant access to. */
export interface OAuthApp extends OAuthClient {
  readonly redirectUri: string;
  readonly scopes: readonly string[];
}

/** RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** @throws ConfigError naming `clientId` or `clientSecret`; the hint says where both are found. */
export const readClient = (
  options: { readonly clientId: string; readonly clientSecret: string },
  hint: string,
): OAuthClient => ({
  clientId: requireToken('clientId', options?.clientId, hint),
  clientSecret: new Secret(requireToken('clientSecret', options?.clientSecret, hint)),
});

/** @throws ConfigError naming `redirectUri`. */
export const requireRedirectUri = (value: unknown): string => {
  const uri = requireToken('redirectUri', value, 'give the callback URL of your app');
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === undefined || !isSafe || url.hash !== '' || url.username !== '') {
    throw new ConfigError(
      'redirectUri',
      'must be an https URL, or http to localhost, without a fragment, just as it is registered',
    );
  }
  return uri;
};

/** @throws ConfigError naming `scopes`. */
export const requireScopes = (value: unknown, example: string): Set<string> => {
  if (!Array.isArray(value) || value.length === 0) {
    throw new ConfigError('scopes', `must be a list such as ${example}`);
  }
  for (const scope of value as unknown[]) {
    if (typeof scope !== 'string' || !SCOPE.test(scope)) {
      throw new ConfigError(
        'scopes',
        'holds something that is no scope; give each as a string of its own',
      );
    }
  }
  return new Set(value as string[]);
};
