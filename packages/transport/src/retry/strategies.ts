import { TributaryError } from '@tributary/pipeline';
import { parseHttpDate } from './http-date.js';
import { parseRetryAfter } from './retry-after.js';
import type { RetryPlan, RetryStrategy } from './strategy.js';

/** Ms; Atlassian's own recipe for a 429 without timing begins at 2 s. */
const RATE_LIMIT_DELAY = 2000;

/** The server's own clock, where it tells it: ours may go wrong by minutes. */
const serverTime = (headers: Headers, nowMs: number): number =>
  parseHttpDate(headers.get('date') ?? '', nowMs) ?? nowMs;

const afterHeaders = (headers: Headers, nowMs: number): RetryPlan | undefined => {
  const afterMs = parseRetryAfter(headers.get('retry-after'), serverTime(headers, nowMs));
  return afterMs === undefined ? undefined : { afterMs };
};

/** 429: the request was not carried out, so that any method may try again. */
export const rateLimited: RetryStrategy = ({ nowMs }, { response }) =>
  response?.status === 429
    ? (afterHeaders(response.headers, nowMs) ?? { baseDelay: RATE_LIMIT_DELAY })
    : undefined;

const UNAVAILABLE: ReadonlySet<number> = new Set([502, 503, 504]);

/** A gateway gave up; what stands behind it may have carried the request out all the same. */
export const unavailable: RetryStrategy = ({ isIdempotent, nowMs }, { response }) =>
  response !== undefined && isIdempotent && UNAVAILABLE.has(response.status)
    ? (afterHeaders(response.headers, nowMs) ?? {})
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
  connectionFailed,
];
