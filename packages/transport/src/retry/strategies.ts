import { TributaryError } from '@tributary/pipeline';
import { askedRetryAfter, askedWait } from '../rate-limits/asked-wait.js';
import type { RetryPlan, RetryStrategy } from './strategy.js';

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

/** Not what tells of quotas: that comes with answers of every status. */
const notBefore = (headers: Pick<Headers, 'get'>, nowMs: number): RetryPlan => {
  const afterMs = askedRetryAfter(headers, nowMs);
  return afterMs === undefined ? {} : { afterMs };
};

/** A gateway gave up; what stands behind it may have carried the request out all the same. */
export const unavailable: RetryStrategy = ({ isIdempotent, nowMs }, { response }) => {
  if (response === undefined || !isIdempotent || !isUnavailable(response.status)) return undefined;
  return notBefore(response.headers, nowMs);
};

/**
 * Confluence's v1 API answers 409 to writes that nothing collided with: its own transactions did, and
 * were undone. A 409 that means the version number (`CONFLICT`, "Version must be incremented") stays.
 */
export const spuriousConflict: RetryStrategy = ({ isIdempotent, nowMs }, { response, text }) =>
  response?.status === 409 &&
  isIdempotent &&
  text !== undefined &&
  /OptimisticLock|StaleObjectState/.test(text) &&
  !/must be incremented/i.test(text)
    ? notBefore(response.headers, nowMs)
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
