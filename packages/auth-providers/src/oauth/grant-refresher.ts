import type {
  Clock,
  Grant,
  GrantDecision,
  GrantKey,
  ProviderServices,
  Secret,
} from '@tributary/pipeline';
import { grantKeyId } from '../grants/grant-key.js';
import { isSameSecret } from '../same-text.js';
import { GrantRefreshError } from './grant-refresh-error.js';
import type { TokenAnswer, TokenEndpoint, TokenReply } from './token-endpoint.js';
import { describeRefusal, isGrantRefused, isPassing, refusalError } from './token-refusal.js';

/** The shared refresh's own time limit: callers come and go. */
const REFRESH_MS = 30_000;

/**
 * A grant that `isStale` no longer applies to: adopted, if another process was faster, or refreshed.
 * `undefined` when only the user's consent helps.
 * @throws GrantRefreshError, retryable; ConfigError when the app itself is refused.
 */
export type RefreshGrant = (
  key: GrantKey,
  isStale: (grant: Grant) => boolean,
) => Promise<Grant | undefined>;

/** One refresh per grant at a time: in the process by the flight, over processes by the store. */
export const grantRefresher = (
  services: Pick<ProviderServices, 'clock' | 'grants' | 'logger'>,
  endpoint: TokenEndpoint,
): RefreshGrant => {
  const { clock, grants, logger } = services;
  const flights = new Map<string, Promise<Grant | undefined>>();

  const decide = async (
    key: GrantKey,
    grant: Grant,
    refreshToken: Secret,
    lease: AbortSignal,
  ): Promise<GrantDecision> => {
    const startedAt = clock.now();
    const answer = await askTwice(endpoint, refreshToken, lease);
    if ('reply' in answer) return { write: renewedGrant(grant, answer.reply, startedAt) };
    const { refusal } = answer;
    if (!isGrantRefused(refusal)) {
      throw isPassing(refusal) || refusal.status === 200
        ? refreshError(describeRefusal(refusal))
        : refusalError(refusal);
    }
    // Somebody else may have spent this token and stored its successor.
    const stored = await grants.read(key);
    const isStored = stored !== undefined && isSameSecret(stored.refreshToken, refreshToken);
    if (stored !== undefined && !isStored) return 'keep';
    logger.info('A grant has ended; the user has to be asked again.', {
      issuer: key.issuer,
      reason: describeRefusal(refusal),
    });
    return 'delete';
  };

  const run = async (key: GrantKey, isStale: (grant: Grant) => boolean) => {
    let hasNoRefreshToken = false;
    const stored = await grants.exclusive(key, async (grant, lease) => {
      if (grant === undefined || !isStale(grant)) return 'keep';
      if (grant.refreshToken === undefined) {
        hasNoRefreshToken = true;
        return 'keep';
      }
      const limit = timeLimit(clock, REFRESH_MS, lease);
      try {
        return await decide(key, grant, grant.refreshToken, limit.signal);
      } finally {
        limit.end();
      }
    });
    return hasNoRefreshToken ? undefined : stored;
  };

  const start = (id: string, key: GrantKey, isStale: (grant: Grant) => boolean) => {
    const flight = run(key, isStale).finally(() => flights.delete(id));
    // All its callers may have given up by the time it fails.
    flight.catch(() => {});
    flights.set(id, flight);
    return flight;
  };

  return async function refresh(key, isStale) {
    const id = grantKeyId(key);
    for (;;) {
      const joined = flights.get(id);
      if (joined === undefined) return start(id, key, isStale);
      const grant = await joined;
      // Else that flight was for an older token than the one that this caller saw refused.
      if (grant === undefined || !isStale(grant)) return grant;
    }
  };
};

/**
 * An answer may get lost after the server has spent the token; within Atlassian's reuse interval of
 * 10 minutes the same token still gets one.
 */
const askTwice = async (
  endpoint: TokenEndpoint,
  refreshToken: Secret,
  signal: AbortSignal,
): Promise<TokenAnswer> => {
  try {
    return await endpoint.refresh(refreshToken, signal);
  } catch (lost) {
    if (signal.aborted) throw refreshError('no answer in time', lost);
  }
  try {
    return await endpoint.refresh(refreshToken, signal);
  } catch (error) {
    throw refreshError('no answer', error);
  }
};

const refreshError = (what: string, cause?: unknown): GrantRefreshError =>
  new GrantRefreshError(
    `The grant could not be renewed (${what}); it is kept, and the same call may succeed later.`,
    { cause },
  );

const renewedGrant = (grant: Grant, reply: TokenReply, startedAt: number): Grant => {
  return Object.freeze({
    ...grant,
    accessToken: reply.accessToken,
    scopes: reply.scopes ?? grant.scopes,
    obtainedAt: startedAt,
    expiresAt: startedAt + reply.expiresInMs,
    // A reply without one leaves the old refresh token in force (RFC 6749, section 6).
    ...(reply.refreshToken && { refreshToken: reply.refreshToken }),
  });
};

/** One signal for the lease and for the time that a refresh may take. */
const timeLimit = (clock: Clock, ms: number, lease: AbortSignal) => {
  const controller = new AbortController();
  const onLease = () => controller.abort(lease.reason);
  const cancel = clock.setTimer(
    () => controller.abort(new DOMException('The token endpoint took too long.', 'TimeoutError')),
    ms,
  );
  if (lease.aborted) onLease();
  else lease.addEventListener('abort', onLease, { once: true });
  return {
    signal: controller.signal,
    end() {
      cancel();
      lease.removeEventListener('abort', onLease);
    },
  };
};
