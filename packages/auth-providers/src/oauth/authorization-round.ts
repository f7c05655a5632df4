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
import { checkCallback } from './callback.js';
import type { OAuthApp } from './client-config.js';
import type { GrantServer } from './grant-server.js';
import type { PromisesIssuer } from './issuer-promise.js';
import { oauthLibrary } from './oauth-library.js';
import type { TokenReply } from './token-answer.js';
import type { TokenEndpoint } from './token-endpoint.js';
import { describeRefusal, isGrantRefused, refusalError } from './token-refusal.js';

/** The app's own user, and the account that they have to grant with, where it is known. */
export interface AskedUser {
  readonly site: Site;
  readonly userId: string;
  readonly accountId?: string;
}

/** Who is asked, for which site, and for what. */
export interface Asked extends AskedUser {
  readonly scopes: readonly string[];
}

export interface RoundOptions {
  readonly server: GrantServer;
  readonly app: OAuthApp;
  readonly endpoint: TokenEndpoint;
  readonly promisesIssuer: PromisesIssuer;
}

/** The two steps of asking one person. */
export type AuthorizationRound = Pick<AuthorizationFlow, 'start' | 'complete'>;

export const authorizationRound = (
  { server, app, endpoint, promisesIssuer }: RoundOptions,
  { grants, links }: Pick<ProviderServices, 'grants' | 'links'>,
  { site, scopes, userId, accountId: known }: Asked,
): AuthorizationRound => {
  const { issuer } = endpoint;
  const { clientId, redirectUri } = app;
  const link = { issuer, clientId, userId };

  /** Whoever has a grant keeps its account, or the app would go on as somebody else. */
  const expectedAccount = async (): Promise<string | undefined> => {
    const accountId = known ?? (await links.read(link));
    if (known !== undefined || accountId === undefined) return accountId;
    const grant = await grants.read({ issuer, clientId, accountId });
    return grant && accountId;
  };

  return {
    async start(options) {
      if (options?.redirectUri !== undefined && options.redirectUri !== redirectUri) {
        throw new ConfigError('redirectUri', `must be the registered one, ${redirectUri}`);
      }
      const library = await oauthLibrary();
      const state = library.generateRandomState();
      const verifier = library.generateRandomCodeVerifier();
      const challenge = await library.calculatePKCECodeChallenge(verifier);
      const accountId = await expectedAccount();
      return Object.freeze({
        issuer,
        clientId,
        url: authorizeUrl(issuer, server, { clientId, redirectUri, scopes }, state, challenge),
        state,
        codeVerifier: new Secret(verifier),
        redirectUri,
        scopes,
        userId,
        ...(accountId !== undefined && { accountId }),
      });
    },

    async complete(pending, callback, options) {
      const signal = options?.signal;
      const isOurs = pending.issuer === issuer && pending.clientId === clientId;
      if (!isOurs || pending.userId !== userId) {
        throw new ConsentError(
          'CONSENT_CALLBACK',
          'The pending authorization belongs to another app, authorization server or user.',
        );
      }
      await checkCallback(pending, callback, promisesIssuer);
      signal?.throwIfAborted();
      const reply = await exchange(endpoint, pending, callback, signal);
      const { accessToken, refreshToken, obtainedAt, expiresAt, scopes: granted } = reply;
      const token = { accessToken, scopes: granted ?? pending.scopes };
      const isRenewable = refreshToken !== undefined;
      const { accountId, sites } = await server.ownerOf(
        site,
        { ...token, asked: pending.scopes, isRenewable },
        signal,
      );
      // Another tab may have granted since it was asked.
      const asked = pending.accountId ?? (await expectedAccount());
      if (asked !== undefined && asked !== accountId) {
        throw new ConsentError(
          'CONSENT_CALLBACK',
          'Another account granted than the one that was asked; nothing was stored. Try again, and log in with the account that was asked; where another one is logged in already, change the account there first.',
        );
      }
      const grant: Grant = Object.freeze({
        ...token,
        obtainedAt,
        grantedAt: obtainedAt,
        expiresAt,
        sites,
        ...(refreshToken && { refreshToken }),
      });
      await grants.exclusive({ issuer, clientId, accountId }, async () => ({ write: grant }));
      await links.write(link, accountId);
      return { accountId };
    },
  };
};

/** PKCE (RFC 7636) besides the client secret. */
const authorizeUrl = (
  issuer: string,
  server: GrantServer,
  app: Pick<OAuthApp, 'clientId' | 'redirectUri' | 'scopes'>,
  state: string,
  challenge: string,
): string => {
  const url = new URL(`${issuer}${server.authorizePath}`);
  const parameters = {
    ...server.authorizeParameters,
    client_id: app.clientId,
    scope: app.scopes.join(' '),
    redirect_uri: app.redirectUri,
    state,
    response_type: 'code',
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
