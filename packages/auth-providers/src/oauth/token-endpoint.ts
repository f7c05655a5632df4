import { REDACTED, revealSecret, Secret, type ServiceFetch } from '@tributary/pipeline';
import type {
  AuthorizationServer,
  Client,
  TokenEndpointRequestOptions,
  TokenEndpointResponse,
} from 'oauth4webapi';
import { readJsonObject } from '../service-json.js';
import type { OAuthConfig } from './oauth-config.js';
import { oauthLibrary } from './oauth-library.js';

/** What the token endpoint gave. */
export interface TokenReply {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret;
  readonly scopes?: readonly string[];
  readonly expiresInMs: number;
}

/** What the token endpoint said instead (RFC 6749, section 5.2), or an answer that is none of its. */
export interface TokenRefusal {
  readonly status: number;
  readonly error?: string;
  readonly description?: string;
}

export type TokenAnswer = { readonly reply: TokenReply } | { readonly refusal: TokenRefusal };

/** The authorization server's token endpoint. It throws only when the request itself failed. */
export interface TokenEndpoint {
  exchange(code: CodeExchange, signal?: AbortSignal): Promise<TokenAnswer>;
  refresh(refreshToken: Secret, signal?: AbortSignal): Promise<TokenAnswer>;
}

export interface CodeExchange {
  /** The callback's parameters; state and issuer are checked already. */
  readonly callback: URLSearchParams;
  readonly state: string;
  readonly redirectUri: string;
  readonly codeVerifier: Secret;
}

/** Atlassian documents 3600 s; for a server that doesn't say (RFC 6749, section 5.1). */
const DEFAULT_LIFE_S = 3600;

export const tokenEndpoint = (config: OAuthConfig, fetch: ServiceFetch): TokenEndpoint => {
  const server: AuthorizationServer = {
    issuer: config.issuer,
    token_endpoint: `${config.issuer}/oauth/token`,
  };
  const client: Client = { client_id: config.clientId };
  const clientSecret = revealSecret(config.clientSecret);

  const open = async (signal: AbortSignal | undefined) => {
    const library = await oauthLibrary();
    const options: TokenEndpointRequestOptions = {
      [library.customFetch]: (url, { method, headers, body }) =>
        fetch(url, { method, headers, body, ...(signal && { signal }) }),
      [library.allowInsecureRequests]: config.isInsecure,
    };
    // client_secret_post: what Atlassian documents.
    const authentication = library.ClientSecretPost(clientSecret);
    return { library, options, authentication };
  };

  return {
    async exchange(code, signal) {
      const { library, options, authentication } = await open(signal);
      const response = await library.authorizationCodeGrantRequest(
        server,
        client,
        authentication,
        library.validateAuthResponse(server, client, code.callback, code.state),
        code.redirectUri,
        revealSecret(code.codeVerifier),
        options,
      );
      const sent = [clientSecret, revealSecret(code.codeVerifier), code.callback.get('code')];
      return readAnswer(response, sent, (ok) =>
        library.processAuthorizationCodeResponse(server, client, ok),
      );
    },
    async refresh(refreshToken, signal) {
      const { library, options, authentication } = await open(signal);
      const response = await library.refreshTokenGrantRequest(
        server,
        client,
        authentication,
        revealSecret(refreshToken),
        options,
      );
      const sent = [clientSecret, revealSecret(refreshToken)];
      return readAnswer(response, sent, (ok) =>
        library.processRefreshTokenResponse(server, client, ok),
      );
    },
  };
};

/** The library's own errors hold the answer, tokens included, and go no further than here. */
const readAnswer = async (
  response: Response,
  sent: readonly (string | null)[],
  process: (response: Response) => Promise<TokenEndpointResponse>,
): Promise<TokenAnswer> => {
  if (response.status !== 200) return { refusal: await readRefusal(response, sent) };
  let reply: TokenEndpointResponse;
  try {
    reply = await process(response);
  } catch {
    return { refusal: { status: 200 } };
  }
  const { access_token: token, refresh_token: refresh, scope, expires_in: life } = reply;
  if (reply.token_type !== 'bearer' || !isHeaderSafe(token)) return { refusal: { status: 200 } };
  return {
    reply: {
      accessToken: new Secret(token),
      expiresInMs: (life ?? DEFAULT_LIFE_S) * 1000,
      ...(refresh !== undefined && { refreshToken: new Secret(refresh) }),
      ...(scope !== undefined && { scopes: scope.split(' ').filter((part) => part !== '') }),
    },
  };
};

const isHeaderSafe = (token: string): boolean => /^[\x21-\x7e]+$/.test(token);

/** Its words go into errors and logs, and some servers repeat in them what they were sent. */
const readRefusal = async (
  response: Response,
  sent: readonly (string | null)[],
): Promise<TokenRefusal> => {
  const hide = (text: string): string => {
    let hidden = text;
    for (const secret of sent) {
      if (!secret) continue;
      hidden = hidden.replaceAll(secret, REDACTED).replaceAll(encodeURIComponent(secret), REDACTED);
    }
    return hidden;
  };

  const { error, error_description: description } = await readJsonObject(response).catch(
    (): Record<string, unknown> => ({}),
  );
  return {
    status: response.status,
    ...(typeof error === 'string' && { error: hide(error) }),
    ...(typeof description === 'string' && { description: hide(description) }),
  };
};
