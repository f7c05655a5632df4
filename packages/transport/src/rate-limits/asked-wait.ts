import { parseRetryAfter } from '../retry/retry-after.js';
import { parseResetTime } from './reset-time.js';
import { serverTime } from './server-time.js';
import { parseStructuredList } from './structured-field.js';

const longer = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);

/** Seconds until a quota that is spent comes back: `"global-app-quota";r=0;t=120`. */
const spentQuota = (value: string | null): number | undefined => {
  let wait: number | undefined;
  for (const { parameters } of parseStructuredList(value) ?? []) {
    const [remaining, seconds] = [parameters.get('r'), parameters.get('t')];
    if (typeof seconds !== 'number' || typeof remaining !== 'number' || remaining > 0) continue;
    wait = longer(wait, Math.max(0, Math.ceil(seconds * 1000)));
  }
  return wait;
};

/** Ms by `Retry-After` and `Beta-Retry-After`, the longer one of both; undefined without either. */
export const askedRetryAfter = (
  headers: Pick<Headers, 'get'>,
  nowMs: number,
): number | undefined => {
  const now = serverTime(headers, nowMs);
  return longer(
    parseRetryAfter(headers.get('retry-after'), now),
    parseRetryAfter(headers.get('beta-retry-after'), now),
  );
};

/**
 * How many ms the answer asks to wait, or `undefined` where it doesn't say. What tells when a
 * window ends stands in for `Retry-After`, since the gateway leaves that out at times.
 */
export const askedWait = (headers: Pick<Headers, 'get'>, nowMs: number): number | undefined => {
  const retryAfter = askedRetryAfter(headers, nowMs);
  if (retryAfter !== undefined && retryAfter > 0) return retryAfter;
  const resetAt = longer(
    parseResetTime(headers.get('x-ratelimit-reset')),
    parseResetTime(headers.get('x-beta-ratelimit-reset')),
  );
  const reset = longer(
    resetAt === undefined ? undefined : Math.max(0, resetAt - serverTime(headers, nowMs)),
    spentQuota(headers.get('beta-ratelimit') ?? headers.get('ratelimit')),
  );
  return longer(retryAfter, reset);
};
