import { AuthorizationServerError, ConfigError, escapeControl } from '@tributary/pipeline';
import type { TokenRefusal } from './token-answer.js';

const GRANT_STATUSES = new Set([400, 401, 403]);

/**
 * Whether the refusal is about the code or refresh token itself. Atlassian documents 403
 * `invalid_grant`; `unauthorized_client` with "refresh_token is invalid" is seen too.
 */
export const isGrantRefused = ({ status, error, description = '' }: TokenRefusal): boolean =>
  GRANT_STATUSES.has(status) &&
  (error === 'invalid_grant' ||
    (error === 'unauthorized_client' && /refresh.?token/i.test(description)));

const isClientRefused = ({ status, error }: TokenRefusal): boolean =>
  GRANT_STATUSES.has(status) && (error === 'invalid_client' || error === 'unauthorized_client');

/** Whether the same request may succeed later. */
export const isPassing = ({ status }: TokenRefusal): boolean =>
  status >= 500 || status === 429 || status === 408;

/** A refusal in words, from the server's own where it has some. */
export const describeRefusal = ({ status, error, description }: TokenRefusal): string => {
  if (status === 200) return 'an answer that is no token';
  const words = [error, description].filter((part) => part !== undefined).join(': ');
  return words === '' ? `status ${status}` : `${status} ${escapeControl(words).slice(0, 200)}`;
};

/** The error for a refusal that is not about the grant. */
export const refusalError = (refusal: TokenRefusal): AuthorizationServerError | ConfigError => {
  const words = describeRefusal(refusal);
  if (isClientRefused(refusal)) {
    return new ConfigError(
      'clientSecret',
      `the authorization server refuses the app (${words}); compare clientId and clientSecret with the place where they were created`,
    );
  }
  return new AuthorizationServerError(`The authorization server answered with ${words}.`, {
    retryable: isPassing(refusal),
    ...(refusal.error !== undefined && { error: escapeControl(refusal.error) }),
  });
};
