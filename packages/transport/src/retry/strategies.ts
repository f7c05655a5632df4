import { TributaryError } from '@tributary/pipeline';
import { askedWait } from '../rate-limits/asked-wait.js';
import { serverTime } from '../rate-limits/server-time.js';
import { parseRetryAfter } from './retry-after.js';
import type { RetryStrategy } from './strategy.js';

/** Ms; Atlassian's own recipe for a 429 without timing begins at 2 s. */
const RATE_LIMIT_DELAY = 2000;

/** 429: the request was not carried out, so that any method may try again. */
export const rateLimited: RetryStrategy = ({ nowMs }, { response }) => {
  if (response?.status !== 429) return undefined;
  const afterMs = askedWait(response.headers, nowMs);
  return afterMs === undefined ? { baseDelay: RATE_LIMIT_DELAY } : { afterMs };
};

const UNAVAILABLE: ReadonlySet<number> = new Set([502, 503, 504]);

export const isUnavailable = (status: number): boolean => UNAVAILABLE.has(status);

/** A gateway gave up; what stands behind it may have carried the request out all the same. */
export const unavailable: RetryStrategy = ({ isIdempotent, nowMs }, { response }) => {
  if (response === undefined || !isIdempotent || !isUnavailable(response.status)) return undefined;
  // Not what tells of quotas: that comes with answers of every status.
  const now = serverTime(response.headers, nowMs);
  const afterMs = parseRetryAfter(response.headers.get('retry-after'), now);
  return afterMs === undefined ? {} : { afterMs };
};

/**
 * Confluence's v1 API answers 409 to writes that nothing collided with: its own transactions did, and
 * were undone. A 409 that means the version number (`CONFLICT`, "Version must be incremented") stays.
 */
export const spuriousConflict: RetryStrategy = ({ isIdempotent }, { response, text }) =>
  response?.status === 409 &&
  isIdempotent &&
  text !== undefined &&
  /OptimisticLock|StaleObjectState/.test(text) &&
  !/must be incremented/i.test(text)
    ? {}
    : undefined;

/** The connection failed: anything that surely was not sent, else only what may be sent twice. */
export const connectionFailed: RetryStrategy = ({ isIdempotent }, { error }) =>
  error instanceof TributaryError &&
  error.code === 'NETWORK_FAILED' &&
  error.retryable &&
  (error.sent === 'no' || isIdempotent)
    ? {}
    : undefined;

export const defaultStrategies: readonly RetryStrategy[] = [
  rateLimited,
  unavailable,
  spuriousConflict,
  connectionFailed,
];
