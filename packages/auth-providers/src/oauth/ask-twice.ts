import { GrantRefreshError } from './grant-refresh-error.js';
import type { TokenAnswer } from './token-answer.js';
import { describeRefusal } from './token-refusal.js';

type Ask = (signal: AbortSignal) => Promise<TokenAnswer>;

/**
 * An answer may get lost after the server has spent the token, on the way or behind a proxy that then
 * says 5xx. Within Atlassian's reuse interval of 10 minutes the same token still gets one.
 * @throws GrantRefreshError, retryable, when nothing is known after the second try either.
 */
export const askTwice = async (ask: Ask, signal: AbortSignal): Promise<TokenAnswer> => {
  const first = await outcomeOf(ask, signal);
  if (!isLost(first)) return first;
  const second = await outcomeOf(ask, signal);
  if (!isLost(second)) return second;
  throw 'refusal' in second
    ? refreshError(describeRefusal(second.refusal))
    : refreshError('no answer', second.failure);
};

type Outcome = TokenAnswer | { readonly failure: unknown };

const outcomeOf = async (ask: Ask, signal: AbortSignal): Promise<Outcome> => {
  try {
    return await ask(signal);
  } catch (failure) {
    if (signal.aborted) throw refreshError('no answer in time', failure);
    return { failure };
  }
};

const isLost = (
  outcome: Outcome,
): outcome is Exclude<Outcome, { readonly reply: unknown }> & Outcome =>
  'failure' in outcome || ('refusal' in outcome && outcome.refusal.status >= 500);

/** What may pass, and cost nothing but time. */
export const refreshError = (what: string, cause?: unknown): GrantRefreshError =>
  new GrantRefreshError(
    `The grant could not be renewed (${what}); it is kept, and the same call may succeed later.`,
    { cause },
  );
