import { type ProviderServices, revealSecret, type Secret } from '@tributary/pipeline';
import type {
  AuthorizationServer,
  Client,
  ClientAuth,
  TokenEndpointRequestOptions,
  TokenEndpointResponse,
} from 'oauth4webapi';
import type { OAuthClient } from './client-config.js';
import { oauthLibrary } from './oauth-library.js';
import { type ServerClock, serverClock } from './server-clock.js';
import { readAnswer, type TokenAnswer } from './token-answer.js';

type Library = Awaited<ReturnType<typeof oauthLibrary>>;

/** The authorization server's token endpoint. It throws only when the request itself failed. */
export interface TokenEndpoint {
  readonly issuer: string;
  readonly clock: ServerClock;
  exchange(code: CodeExchange, signal?: AbortSignal): Promise<TokenAnswer>;
  refresh(refreshToken: Secret, signal?: AbortSignal): Promise<TokenAnswer>;
  /** For the client itself (RFC 6749, section 4.4); no scope is sent where none is given. */
  clientCredentials(scopes: readonly string[], signal?: AbortSignal): Promise<TokenAnswer>;
}

export interface CodeExchange {
  /** The callback's parameters; state and issuer are checked already. */
  readonly callback: URLSearchParams;
  readonly state: string;
  readonly redirectUri: string;
  readonly codeVerifier: Secret;
}

export interface TokenEndpointOptions {
  readonly issuer: string;
  readonly url: string;
  readonly client: OAuthClient;
  /** What a server wants in a refresh besides what RFC 6749, section 6 asks for. */
  readonly refreshParameters?: Readonly<Record<string, string>>;
}

interface Sent {
  readonly secrets: readonly (string | null)[];
  readonly request: (
    library: Library,
    authentication: ClientAuth,
    options: TokenEndpointRequestOptions,
  ) => Promise<Response>;
  readonly process: (library: Library, response: Response) => Promise<TokenEndpointResponse>;
}

export const tokenEndpoint = (
  { issuer, url, client: { clientId, clientSecret }, refreshParameters = {} }: TokenEndpointOptions,
  { fetch, clock }: Pick<ProviderServices, 'fetch' | 'clock'>,
): TokenEndpoint => {
  const server: AuthorizationServer = { issuer, token_endpoint: url };
  const client: Client = { client_id: clientId };
  const times = serverClock(clock);

  const ask = async (
    { secrets, request, process }: Sent,
    signal: AbortSignal | undefined,
  ): Promise<TokenAnswer> => {
    const library = await oauthLibrary();
    const options: TokenEndpointRequestOptions = {
      [library.customFetch]: (target, { method, headers, body }) =>
        fetch(target, { method, headers, body, ...(signal && { signal }) }),
      // http is taken for loopback only, where options are checked: for the sandbox.
      [library.allowInsecureRequests]: url.startsWith('http:'),
    };
    const secret = revealSecret(clientSecret);
    const askedAt = clock.now();
    // client_secret_post: what Atlassian documents.
    const response = await request(library, library.ClientSecretPost(secret), options);
    return readAnswer(response, {
      sent: [secret, ...secrets],
      process: (ok) => process(library, ok),
      obtainedAt(ok) {
        times.learn(ok.headers.get('date'), askedAt);
        return times.now() - (clock.now() - askedAt);
      },
    });
  };

  return {
    issuer,
    clock: times,
    exchange: (code, signal) =>
      ask(
        {
          secrets: [revealSecret(code.codeVerifier), code.callback.get('code')],
          request: (library, authentication, options) =>
            library.authorizationCodeGrantRequest(
              server,
              client,
              authentication,
              library.validateAuthResponse(server, client, code.callback, code.state),
              code.redirectUri,
              revealSecret(code.codeVerifier),
              options,
            ),
          process: (library, ok) => library.processAuthorizationCodeResponse(server, client, ok),
        },
        signal,
      ),
    refresh: (refreshToken, signal) =>
      ask(
        {
          secrets: [revealSecret(refreshToken)],
          request: (library, authentication, options) =>
            library.refreshTokenGrantRequest(
              server,
              client,
              authentication,
              revealSecret(refreshToken),
              { ...options, additionalParameters: refreshParameters },
            ),
          process: (library, ok) => library.processRefreshTokenResponse(server, client, ok),
        },
        signal,
      ),
    clientCredentials: (scopes, signal) =>
      ask(
        {
          secrets: [],
          request: (library, authentication, options) =>
            library.clientCredentialsGrantRequest(
              server,
              client,
              authentication,
              scopes.length === 0 ? {} : { scope: scopes.join(' ') },
              options,
            ),
          process: (library, ok) => library.processClientCredentialsResponse(server, client, ok),
        },
        signal,
      ),
  };
};
