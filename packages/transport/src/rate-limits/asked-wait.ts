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

/**
 * How many ms the answer asks to wait, or `undefined` where it doesn't say. `Retry-After` and
 * `Beta-Retry-After` come first, the longer one of both; what tells when a window ends stands in for
 * them, since the gateway leaves them out at times.
 */
export const askedWait = (headers: Pick<Headers, 'get'>, nowMs: number): number | undefined => {
  const now = serverTime(headers, nowMs);
  const retryAfter = longer(
    parseRetryAfter(headers.get('retry-after'), now),
    parseRetryAfter(headers.get('beta-retry-after'), now),
  );
  if (retryAfter !== undefined && retryAfter > 0) return retryAfter;
  const resetAt = longer(
    parseResetTime(headers.get('x-ratelimit-reset')),
    parseResetTime(headers.get('x-beta-ratelimit-reset')),
  );
  const reset = longer(
    resetAt === undefined ? undefined : Math.max(0, resetAt - now),
    spentQuota(headers.get('beta-ratelimit') ?? headers.get('ratelimit')),
  );
  return longer(retryAfter, reset);
};
