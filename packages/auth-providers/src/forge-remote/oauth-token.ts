import { Secret } from '@tributary/pipeline';
import { InvocationTokenError } from './invocation-token-error.js';
import { joseLibrary } from './jose-library.js';
import { LARGEST_TOKEN } from './verify-token.js';

/** One of the OAuth tokens that Forge sends along: opaque, but for when it ends. */
export interface OAuthToken {
  /** The whole `Authorization` value. */
  readonly authorization: Secret;
  /** Epoch ms, where the token is a JWT that says so. */
  readonly expiresAt?: number;
}

/** @throws InvocationTokenError when the header holds anything but one token. */
export const readOAuthToken = async (value: string | null): Promise<OAuthToken | undefined> => {
  if (value === null || value === '') return undefined;
  if (value.length > LARGEST_TOKEN || !/^[\x21-\x2b\x2d-\x7e]+$/.test(value)) {
    throw new InvocationTokenError('oauth-token');
  }
  const authorization = new Secret(`Bearer ${value}`);
  const expiresAt = await readExpiry(value);
  return expiresAt === undefined ? { authorization } : { authorization, expiresAt };
};

/** Forge: "Remote essentials", OAuth tokens must be treated as opaque. */
const readExpiry = async (token: string): Promise<number | undefined> => {
  const { decodeJwt } = await joseLibrary();
  try {
    const { exp } = decodeJwt(token);
    return typeof exp === 'number' && Number.isFinite(exp) ? exp * 1000 : undefined;
  } catch {
    return undefined;
  }
};
