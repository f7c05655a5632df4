import { isoTime } from './iso-time.js';
import type { BurstLimit } from './limit-options.js';
import type { RateHeaders, Taken } from './limiter.js';
import { perKey } from './per-key.js';
import { TokenBucket } from './token-bucket.js';

/** Burst limits of a tenant, by endpoint and method, whoever calls. */
export function burstLimits(limit: BurstLimit, now: () => number) {
  const { perSecond, capacity = Math.ceil(perSecond) } = limit;
  const bucketOf = perKey(() => new TokenBucket(perSecond, capacity, now()));

  return (method: string, endpoint: string): Taken<[]> => {
    const bucket = bucketOf(`${method} ${endpoint}`);
    const headers = (): RateHeaders => ({
      'x-ratelimit-limit': String(perSecond),
      'x-ratelimit-remaining': String(bucket.remaining(now())),
    });
    const at = now();
    if (bucket.take(at)) return { headers };
    const seconds = Math.max(1, Math.ceil(bucket.wait(at) / 1000));
    return {
      refusal: {
        by: 'burst',
        message: 'Rate limit exceeded.',
        headers: {
          ...headers(),
          'x-ratelimit-reset': isoTime(at + seconds * 1000),
          'ratelimit-reason': 'confluence-burst-based',
          'retry-after': String(seconds),
        },
      },
    };
  };
}
