import {
  type AttemptCall,
  ChainError,
  RateLimitedError,
  type RateLimitReason,
  TimeoutError,
} from '@tributary/pipeline';
import type { Waiter } from './waiter.js';

export const disposedError = (): ChainError =>
  new ChainError('The client was disposed of while the call waited for a permit.');

/** For a call whose deadline came before its turn. */
export const timeoutError = ({ call, since }: Waiter, now: number): TimeoutError =>
  new TimeoutError(
    'The deadline passed while the call waited for a permit; give the call a longer `timeout`, or begin fewer at a time.',
    {
      attempts: call.attempt - 1,
      waitedMs: (call.waitedMs ?? 0) + (now - since),
      template: call.template,
      sent: 'no',
    },
  );

/** For a call that surely has to wait longer than it can. */
export const lateError = (
  { attempt, waitedMs = 0, template }: AttemptCall,
  retryAfterMs: number,
  reason: RateLimitReason,
  nowMs: number,
): RateLimitedError =>
  new RateLimitedError(
    `The limit of this site's calls lets none pass for ${Math.ceil(retryAfterMs / 1000)} s, longer than the call's deadline allows; try again after that, or give the call more time.`,
    {
      attempts: attempt - 1,
      waitedMs,
      template,
      sent: 'no',
      retryAfterMs,
      reason,
      resetAt: nowMs + retryAfterMs,
    },
  );
