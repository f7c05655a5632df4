import { ConfigError, isLoopback, normaliseBase, Secret } from '@tributary/pipeline';
import { requireToken } from '../providers/config-value.js';

export interface OAuthOptions {
  /** From the app's page in the developer console. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** The callback URL as it is registered there, character by character. https, or http to loopback. */
  readonly redirectUri: string;
  /**
   * What the app may do as the user, as enabled in the developer console. `read:me` or
   * `read:confluence-user` has to be among them: they tell whose grant it is. `offline_access` is added.
   */
  readonly scopes: readonly string[];
  /** Default `https://auth.atlassian.com`. */
  readonly authorizationServer?: string;
}

/** The same, checked. */
export interface OAuthConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  /** http is allowed to loopback only, for the sandbox. */
  readonly isInsecure: boolean;
}

export const DEFAULT_AUTHORIZATION_SERVER = 'https://auth.atlassian.com';

/** RFC 6749, section 3.3. */
const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/;
const IDENTITY_SCOPES = ['read:me', 'read:confluence-user'];
const MOST_SCOPES = 50;

/** The refresh token depends on it, and it needs no entry in the developer console. */
const OFFLINE = 'offline_access';

/** @throws ConfigError naming the option. */
export const readOAuthConfig = (options: OAuthOptions): OAuthConfig => {
  const { authorizationServer = DEFAULT_AUTHORIZATION_SERVER } = options;
  const hint = "find it in the developer console: your app's Settings";
  const server = new URL(normaliseBase(authorizationServer, 'authorizationServer'));
  return Object.freeze({
    issuer: server.href.replace(/\/$/, ''),
    clientId: requireToken('clientId', options.clientId, hint),
    clientSecret: new Secret(requireToken('clientSecret', options.clientSecret, hint)),
    redirectUri: requireRedirectUri(options.redirectUri),
    scopes: Object.freeze(readScopes(options.scopes)),
    isInsecure: server.protocol === 'http:',
  });
};

const requireRedirectUri = (value: unknown): string => {
  const uri = requireToken('redirectUri', value, 'give the callback URL of your app');
  const url = URL.canParse(uri) ? new URL(uri) : undefined;
  const isSafe =
    url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
  if (url === undefined || !isSafe || url.hash !== '' || url.username !== '') {
    throw new ConfigError(
      'redirectUri',
      'must be an https URL, or http to localhost, without a fragment, just as it is registered in the developer console',
    );
  }
  return uri;
};

const readScopes = (value: unknown): string[] => {
  if (!Array.isArray(value) || value.length === 0) {
    throw new ConfigError('scopes', "must be a list such as ['read:page:confluence', 'read:me']");
  }
  const scopes = new Set<string>();
  for (const scope of value as unknown[]) {
    if (typeof scope !== 'string' || !SCOPE.test(scope)) {
      throw new ConfigError(
        'scopes',
        'holds something that is no scope; give each as a string of its own',
      );
    }
    scopes.add(scope);
  }
  if (!IDENTITY_SCOPES.some((scope) => scopes.has(scope))) {
    throw new ConfigError(
      'scopes',
      'add read:me (User identity API) or read:confluence-user, which tell whose grant it is',
    );
  }
  scopes.add(OFFLINE);
  if (scopes.size > MOST_SCOPES) {
    throw new ConfigError('scopes', `are ${scopes.size}; Atlassian takes at most ${MOST_SCOPES}`);
  }
  return [...scopes];
};
