import type { GrantRefreshError } from './grant-refresh-error.js';
import type { TokenAnswer } from './token-answer.js';
import { describeRefusal } from './token-refusal.js';

type Ask = (signal: AbortSignal) => Promise<TokenAnswer>;

/**
 * An answer may get lost after the server has spent the token: on the way, in part, or behind a proxy that
 * says 5xx or shows a page of its own. Within Atlassian's reuse interval of 10 minutes the same token still gets one.
 * @throws GrantRefreshError, retryable, when nothing is known after the second try either.
 */
export const askTwice = async (
  ask: Ask,
  signal: AbortSignal,
  fail: (what: string, cause?: unknown) => GrantRefreshError,
): Promise<TokenAnswer> => {
  const first = await outcomeOf(ask, signal);
  if (!isLost(first)) return first;
  if (signal.aborted) throw fail('no answer in time', causeOf(first));
  const second = await outcomeOf(ask, signal);
  if (!isLost(second)) return second;
  if (signal.aborted) throw fail('no answer in time', causeOf(second));
  throw 'refusal' in second
    ? fail(describeRefusal(second.refusal))
    : fail('no answer', second.failure);
};

type Outcome = TokenAnswer | { readonly failure: unknown };

const outcomeOf = async (ask: Ask, signal: AbortSignal): Promise<Outcome> => {
  try {
    return await ask(signal);
  } catch (failure) {
    return { failure };
  }
};

type Lost = Exclude<Outcome, { readonly reply: unknown }>;

const isLost = (outcome: Outcome): outcome is Lost =>
  'failure' in outcome ||
  ('refusal' in outcome && (outcome.refusal.status >= 500 || outcome.refusal.status === 200));

const causeOf = (lost: Lost): unknown => ('failure' in lost ? lost.failure : undefined);
