import { ConfigError } from '@tributary/pipeline';
import { readGateway } from '../sites/cloud.js';
import { readAuthorizationServer } from './authorization-server.js';
import { type OAuthApp, readClient, requireRedirectUri, requireScopes } from './client-config.js';
import type { GrantExpiresSoon } from './grant-lifetimes.js';

export interface OAuthOptions {
  /** From the app's page in the developer console. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** The callback URL as it is registered there, character by character. https, or http to loopback. */
  readonly redirectUri: string;
  /**
   * What the app may do as the user, as enabled in the developer console. `offline_access` is added, and
   * `read:me`, which tells whose grant it is, unless `read:confluence-user` does: enable one of them there too.
   */
  readonly scopes: readonly string[];
  /** Default `https://auth.atlassian.com`. */
  readonly authorizationServer?: string;
  /** The API gateway of calls that name no site. Default `https://api.atlassian.com`; else a loopback URL. */
  readonly gateway?: string;
  /**
   * Called when a grant that is in use ends within 30, 7 and 1 days, once each per grant and process;
   * the logger is told too. Default: the logger only.
   */
  readonly onGrantExpiresSoon?: OnGrantExpiresSoon;
}

/** What it throws is logged, and reaches no call. */
export type OnGrantExpiresSoon = (notice: GrantExpiresSoon) => void | Promise<void>;

/** The same, checked. */
export interface OAuthConfig extends OAuthApp {
  readonly issuer: string;
  readonly gateway: string;
  readonly onGrantExpiresSoon?: OnGrantExpiresSoon;
}

const IDENTITY_SCOPES = ['read:me', 'read:confluence-user'];
const MOST_SCOPES = 50;
const EXAMPLE = "['read:page:confluence', 'read:me']";

/** The refresh token depends on it, and it needs no entry in the developer console. */
export const OFFLINE = 'offline_access';

const HINT = "find it in the developer console: your app's Settings";

/** @throws ConfigError naming the option. */
export const readOAuthConfig = (options: OAuthOptions): OAuthConfig =>
  Object.freeze({
    ...readClient(options, HINT),
    issuer: readAuthorizationServer(options.authorizationServer),
    gateway: readGateway(options.gateway),
    redirectUri: requireRedirectUri(options.redirectUri),
    scopes: Object.freeze(readScopes(options.scopes)),
    ...readListener(options.onGrantExpiresSoon),
  });

/** @throws ConfigError naming `onGrantExpiresSoon`. */
export const readListener = (
  listener: unknown,
): { readonly onGrantExpiresSoon?: OnGrantExpiresSoon } => {
  if (listener === undefined) return {};
  if (typeof listener !== 'function') {
    throw new ConfigError('onGrantExpiresSoon', 'must be a function');
  }
  return { onGrantExpiresSoon: listener as OnGrantExpiresSoon };
};

/**
 * What to ask for instead of the configured scopes; who grants has to be told in any case.
 * @throws ConfigError naming `scopes`.
 */
export const askedScopes = (
  { scopes }: OAuthConfig,
  asked: readonly string[] | undefined,
): readonly string[] => {
  if (asked === undefined) return scopes;
  const isIdentity = (scope: string) => IDENTITY_SCOPES.includes(scope);
  const given = [...requireScopes(asked, EXAMPLE)];
  const identity = given.some(isIdentity) ? [] : scopes.filter(isIdentity);
  return Object.freeze(readScopes([...given, ...identity]));
};

const readScopes = (value: unknown): string[] => {
  const scopes = requireScopes(value, EXAMPLE);
  if (!IDENTITY_SCOPES.some((scope) => scopes.has(scope))) scopes.add('read:me');
  scopes.add(OFFLINE);
  if (scopes.size > MOST_SCOPES) {
    throw new ConfigError('scopes', `are ${scopes.size}; Atlassian takes at most ${MOST_SCOPES}`);
  }
  return [...scopes];
};
