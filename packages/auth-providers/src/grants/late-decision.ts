import type { Grant, GrantDecision } from '@tributary/pipeline';
import { isSameSecret } from '../same-text.js';

const hasSameTokens = (one: Grant, other: Grant): boolean =>
  isSameSecret(one.refreshToken, other.refreshToken) &&
  isSameSecret(one.accessToken, other.accessToken);

/**
 * Whether what a holder decided on seeing `seen` still holds now that `stored` is stored: a token that
 * was rotated is never dropped, and a newer grant never overwritten.
 */
export const stillHolds = (
  decision: Exclude<GrantDecision, 'keep'>,
  seen: Grant | undefined,
  stored: Grant | undefined,
): boolean => {
  if (decision === 'delete') {
    return seen !== undefined && stored !== undefined && hasSameTokens(seen, stored);
  }
  const { write } = decision;
  // Removed meanwhile: only a later consent brings it back.
  if (stored === undefined) return seen === undefined || write.grantedAt > seen.grantedAt;
  // Two consents: the later one is the grant.
  if (write.grantedAt !== stored.grantedAt) return write.grantedAt > stored.grantedAt;
  if (seen === undefined) return false;
  const isRotated = !isSameSecret(write.refreshToken, seen.refreshToken);
  // The spent token is of no use to anybody any more, whatever stands beside it.
  return isRotated
    ? isSameSecret(stored.refreshToken, seen.refreshToken)
    : hasSameTokens(stored, seen);
};
