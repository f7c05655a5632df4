import { REDACTED, Secret } from '@tributary/pipeline';
import type { TokenEndpointResponse } from 'oauth4webapi';
import { readJsonObject } from '../service-json.js';

/** What the token endpoint gave. */
export interface TokenReply {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret;
  readonly scopes?: readonly string[];
  /** Both epoch ms, on the server's clock. */
  readonly obtainedAt: number;
  readonly expiresAt: number;
}

/** What the token endpoint said instead (RFC 6749, section 5.2), or an answer that is none of its. */
export interface TokenRefusal {
  readonly status: number;
  readonly error?: string;
  readonly description?: string;
}

export type TokenAnswer = { readonly reply: TokenReply } | { readonly refusal: TokenRefusal };

/** Atlassian documents 3600 s; for a server that doesn't say (RFC 6749, section 5.1). */
const DEFAULT_LIFE_S = 3600;

export interface ReadAnswerOptions {
  /** What went out and must not come back in any message. */
  readonly sent: readonly (string | null)[];
  /** The library's checks of a good answer. */
  readonly process: (response: Response) => Promise<TokenEndpointResponse>;
  /** Told once the answer is known to be the server's own; gives the time it was asked at. */
  readonly obtainedAt: (response: Response) => number;
}

/** The library's own errors hold the answer, tokens included, and go no further than here. */
export const readAnswer = async (
  response: Response,
  { sent, process, obtainedAt: timeOf }: ReadAnswerOptions,
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
  const obtainedAt = timeOf(response);
  return {
    reply: {
      accessToken: new Secret(token),
      obtainedAt,
      expiresAt: obtainedAt + (life ?? DEFAULT_LIFE_S) * 1000,
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
