import type { Provider } from 'oidc-provider';

/**
 * What every secret of the sandbox begins with, those that its OAuth servers make up too: a search for
 * it in logs, snapshots and databases finds each one that came to light.
 */
export const CANARY = 'canary-';

interface Token {
  generateTokenId(): string;
}

/** Has the tokens and codes of an OAuth server begin with it. */
export const markTokens = (provider: Provider): void => {
  const { AccessToken, AuthorizationCode, ClientCredentials, RefreshToken } = provider;
  for (const { prototype } of [AccessToken, AuthorizationCode, ClientCredentials, RefreshToken]) {
    const { generateTokenId } = prototype as unknown as Token;
    (prototype as unknown as Token).generateTokenId = function mark(this: Token) {
      return `${CANARY}${generateTokenId.call(this)}`;
    };
  }
};
