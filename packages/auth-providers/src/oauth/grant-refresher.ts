import type { Grant, GrantDecision, GrantKey, ProviderServices, Secret } from '@tributary/pipeline';
import { grantKeyId } from '../grants/grant-key.js';
import { isSameSecret } from '../same-text.js';
import { askTwice } from './ask-twice.js';
import { refreshError } from './grant-refresh-error.js';
import { timeLimit } from './time-limit.js';
import type { TokenReply } from './token-answer.js';
import type { TokenEndpoint } from './token-endpoint.js';
import { describeRefusal, isGrantRefused, isPassing, refusalError } from './token-refusal.js';
import { unsavedGrants } from './unsaved-grants.js';

/** The shared refresh's own time limit: callers come and go. */
const REFRESH_MS = 30_000;
/** With the wait for a holder in another process that died: longer than any lease. */
const FLIGHT_MS = 120_000;

/**
 * A grant that `isStale` no longer applies to: adopted, if another process was faster, or refreshed.
 * `undefined` when only the user's consent helps.
 * @throws GrantRefreshError, retryable; ConfigError when the app itself is refused.
 */
export type RefreshGrant = (
  key: GrantKey,
  isStale: (grant: Grant) => boolean,
) => Promise<Grant | undefined>;

export interface GrantRefresher {
  readonly refresh: RefreshGrant;
  /** Lets go of what is kept of a grant that was revoked. */
  forget(key: GrantKey): void;
  /** Writes once more what the store didn't take, and tries nothing later. */
  dispose(): Promise<void>;
}

interface Renewable {
  readonly stored: Grant;
  readonly latest: Grant;
  readonly refreshToken: Secret;
}

/** One refresh per grant at a time: in the process by the flight, over processes by the store. */
export const grantRefresher = (
  services: Pick<ProviderServices, 'clock' | 'grants' | 'logger'>,
  endpointOf: (issuer: string) => TokenEndpoint,
): GrantRefresher => {
  const { clock, grants, logger } = services;
  const flights = new Map<string, Promise<Grant | undefined>>();
  const unsaved = unsavedGrants(services);

  const decide = async (
    key: GrantKey,
    { stored: seen, latest, refreshToken }: Renewable,
    lease: AbortSignal,
  ): Promise<GrantDecision> => {
    const endpoint = endpointOf(key.issuer);
    const ask = (signal: AbortSignal) => endpoint.refresh(refreshToken, signal);
    const answer = await askTwice(ask, lease, refreshError);
    if ('reply' in answer) return { write: renewedGrant(latest, answer.reply) };
    const { refusal } = answer;
    if (!isGrantRefused(refusal)) {
      throw isPassing(refusal) ? refreshError(describeRefusal(refusal)) : refusalError(refusal);
    }
    // Somebody else may have spent this token and stored its successor.
    const stored = await grants.read(key);
    const isSeen = isSameSecret(stored?.refreshToken, seen.refreshToken);
    if (stored !== undefined && !isSeen) return 'keep';
    logger.info('A grant has ended; the user has to be asked again.', {
      issuer: key.issuer,
      reason: describeRefusal(refusal),
    });
    return 'delete';
  };

  const run = async (key: GrantKey, isStale: (grant: Grant) => boolean) => {
    let hasNoRefreshToken = false;
    const renewing = grants.exclusive(key, async (stored, lease) => {
      if (stored === undefined) return 'keep';
      const latest = unsaved.latest(key, stored);
      if (!isStale(latest)) return latest === stored ? 'keep' : { write: latest };
      const { refreshToken } = latest;
      if (refreshToken === undefined) {
        hasNoRefreshToken = true;
        return 'keep';
      }
      const limit = timeLimit(clock, REFRESH_MS, lease);
      try {
        const decision = await decide(key, { stored, latest, refreshToken }, limit.signal);
        if (typeof decision === 'object') unsaved.hold(key, stored.refreshToken, decision.write);
        return decision;
      } finally {
        limit.end();
      }
    });
    const grant = await renewing.catch((error: unknown) => {
      unsaved.retry(key, error);
      throw error;
    });
    unsaved.release(key);
    return hasNoRefreshToken ? undefined : grant;
  };

  /** A store that never answers must not be waited for by every later caller too. */
  const limited = (work: Promise<Grant | undefined>): Promise<Grant | undefined> =>
    new Promise((resolve, reject) => {
      const cancel = clock.setTimer(
        () => reject(refreshError('the store of grants gave no turn in time')),
        FLIGHT_MS,
      );
      work.finally(cancel).then(resolve, reject);
    });

  const start = (id: string, key: GrantKey, isStale: (grant: Grant) => boolean) => {
    const flight = limited(run(key, isStale)).finally(() => {
      if (flights.get(id) === flight) flights.delete(id);
    });
    // All its callers may have given up by the time it fails.
    flight.catch(() => {});
    flights.set(id, flight);
    return flight;
  };

  return {
    forget: unsaved.release,
    dispose: unsaved.dispose,
    async refresh(key, isStale) {
      const id = grantKeyId(key);
      for (;;) {
        const joined = flights.get(id);
        if (joined === undefined) return start(id, key, isStale);
        const grant = await joined;
        // Else that flight was for an older token than the one that this caller saw refused.
        if (grant === undefined || !isStale(grant)) return grant;
      }
    },
  };
};

const renewedGrant = (grant: Grant, reply: TokenReply): Grant =>
  Object.freeze({
    ...grant,
    accessToken: reply.accessToken,
    scopes: reply.scopes ?? grant.scopes,
    obtainedAt: reply.obtainedAt,
    expiresAt: reply.expiresAt,
    // A reply without one leaves the old refresh token in force (RFC 6749, section 6).
    ...(reply.refreshToken && { refreshToken: reply.refreshToken }),
  });
