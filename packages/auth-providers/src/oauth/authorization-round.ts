import {
  type AuthorizationFlow,
  AuthorizationServerError,
  ConfigError,
  ConsentError,
  type Grant,
  type PendingAuthorization,
  type ProviderServices,
  Secret,
  type Site,
} from '@tributary/pipeline';
import { gatewayOf } from '../sites/gateway.js';
import { accessibleSites } from './accessible-resources.js';
import { checkCallback } from './callback.js';
import { grantingAccount } from './granting-account.js';
import type { OAuthConfig } from './oauth-config.js';
import { oauthLibrary } from './oauth-library.js';
import type { TokenEndpoint, TokenReply } from './token-endpoint.js';
import { describeRefusal, isGrantRefused, refusalError } from './token-refusal.js';

/** Who is asked, and for which site. */
export interface Asked {
  readonly site: Site;
  readonly userId?: string;
  readonly accountId?: string;
}

type Services = Pick<ProviderServices, 'fetch' | 'clock' | 'grants' | 'links'>;

/** The two steps of asking one person. */
export type AuthorizationRound = Pick<AuthorizationFlow, 'start' | 'complete'>;

export const authorizationRound = (
  config: OAuthConfig,
  endpoint: TokenEndpoint,
  services: Services,
  { site, ...asked }: Asked,
): AuthorizationRound => {
  const { issuer, clientId, redirectUri, scopes } = config;
  const { fetch, clock, grants, links } = services;

  return {
    async start(options) {
      if (options?.redirectUri !== undefined && options.redirectUri !== redirectUri) {
        throw new ConfigError('redirectUri', `must be the registered one, ${redirectUri}`);
      }
      const library = await oauthLibrary();
      const state = library.generateRandomState();
      const verifier = library.generateRandomCodeVerifier();
      const challenge = await library.calculatePKCECodeChallenge(verifier);
      return Object.freeze({
        issuer,
        clientId,
        url: authorizeUrl(config, state, challenge),
        state,
        codeVerifier: new Secret(verifier),
        redirectUri,
        scopes,
        ...asked,
      });
    },

    async complete(pending, callback, options) {
      const signal = options?.signal;
      if (pending.issuer !== issuer || pending.clientId !== clientId) {
        throw new ConsentError(
          'CONSENT_CALLBACK',
          'The pending authorization belongs to another app or authorization server.',
        );
      }
      checkCallback(pending, callback);
      const startedAt = clock.now();
      const reply = await exchange(endpoint, pending, callback, signal);
      const granted = { accessToken: reply.accessToken, scopes: reply.scopes ?? pending.scopes };
      const sites = await accessibleSites(fetch, gatewayOf(site), reply.accessToken, signal);
      const accountId = await grantingAccount(fetch, site, { ...granted, sites }, signal);
      if (pending.accountId !== undefined && pending.accountId !== accountId) {
        throw new ConsentError(
          'CONSENT_CALLBACK',
          'Another account granted than the one that was asked; nothing was stored. Log in at Atlassian as that account and grant again.',
        );
      }
      const grant: Grant = Object.freeze({
        ...granted,
        obtainedAt: startedAt,
        grantedAt: startedAt,
        expiresAt: startedAt + reply.expiresInMs,
        sites,
        ...(reply.refreshToken && { refreshToken: reply.refreshToken }),
      });
      await grants.exclusive({ issuer, clientId, accountId }, async () => ({ write: grant }));
      const { userId } = pending;
      if (userId !== undefined) await links.write({ issuer, clientId, userId }, accountId);
      return { accountId };
    },
  };
};

/** `audience` and `prompt` as Atlassian documents them; PKCE (RFC 7636) besides the client secret. */
const authorizeUrl = (config: OAuthConfig, state: string, challenge: string): string => {
  const url = new URL(`${config.issuer}/authorize`);
  const parameters = {
    audience: 'api.atlassian.com',
    client_id: config.clientId,
    scope: config.scopes.join(' '),
    redirect_uri: config.redirectUri,
    state,
    response_type: 'code',
    prompt: 'consent',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
};

const exchange = async (
  endpoint: TokenEndpoint,
  pending: PendingAuthorization,
  callback: URLSearchParams,
  signal: AbortSignal | undefined,
): Promise<TokenReply> => {
  const { state, redirectUri, codeVerifier } = pending;
  // Its issuer is checked, and may differ by a trailing slash, which the library takes for another.
  const parameters = new URLSearchParams(callback);
  parameters.delete('iss');
  let answer: Awaited<ReturnType<TokenEndpoint['exchange']>>;
  try {
    answer = await endpoint.exchange(
      { callback: parameters, state, redirectUri, codeVerifier },
      signal,
    );
  } catch (error) {
    signal?.throwIfAborted();
    throw new AuthorizationServerError(
      'The authorization server could not be reached to exchange the code; start again.',
      { retryable: true, cause: error },
    );
  }
  if ('reply' in answer) return answer.reply;
  if (!isGrantRefused(answer.refusal)) throw refusalError(answer.refusal);
  throw new ConsentError(
    'CONSENT_CALLBACK',
    `The authorization server refused the code (${describeRefusal(answer.refusal)}): it is used, expired, or meant for another redirect URI. Start again.`,
  );
};
