import type { RetrySettings } from './retry-options.js';
import type { RetryAttempt, RetryOutcome, RetryStrategy } from './strategy.js';

/** What becomes of an outcome. */
export type RetryDecision =
  | { readonly kind: 'settled' }
  | { readonly kind: 'wait'; readonly ms: number }
  /** The server asks for more than there is time for. */
  | { readonly kind: 'too-long'; readonly afterMs: number };

export interface RetryLimits {
  readonly settings: Pick<RetrySettings, 'limit' | 'baseDelay' | 'maxDelay' | 'maxWait'>;
  /** From 0 to 1: this decision's jitter. */
  readonly jitter: number;
  /** Ms to the call's deadline; Infinity without one. */
  readonly remaining: number;
}

/** Ms; what a server that is down may ask for. A limit's end is known to come, an outage's is not. */
const DEFAULT_MAX_WAIT = 60_000;

const maxWaitOf = (maxWait: number | undefined, { response }: RetryOutcome): number =>
  maxWait ?? (response?.status === 429 ? Number.POSITIVE_INFINITY : DEFAULT_MAX_WAIT);

const SETTLED: RetryDecision = { kind: 'settled' };

/** Beyond it a runtime's timer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Pure: all that the middleware does not know by itself is handed in. */
export const decideRetry = (
  strategies: readonly RetryStrategy[],
  attempt: RetryAttempt,
  outcome: RetryOutcome,
  { settings, jitter, remaining }: RetryLimits,
): RetryDecision => {
  if (attempt.number >= settings.limit) return SETTLED;
  for (const strategy of strategies) {
    const plan = strategy(attempt, outcome);
    if (plan === undefined) continue;
    const longest = Math.min(maxWaitOf(settings.maxWait, outcome), remaining, MAX_TIMER_MS);
    const base = plan.baseDelay ?? settings.baseDelay;
    if (plan.afterMs !== undefined) {
      const { afterMs } = plan;
      if (afterMs >= remaining || afterMs > longest) return { kind: 'too-long', afterMs };
      // Never earlier than the server said; later by a little, or all who wait come back at once.
      return { kind: 'wait', ms: afterMs + jitter * Math.min(base, (longest - afterMs) / 2) };
    }
    const ms = jitter * Math.min(settings.maxDelay, base * 2 ** (attempt.number - 1));
    return ms >= remaining ? SETTLED : { kind: 'wait', ms: Math.min(ms, longest) };
  }
  return SETTLED;
};
