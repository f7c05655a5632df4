import { BatchBucket } from './batch-bucket.js';
import type { DataCenterLimits } from './limit-options.js';
import type { Limiter, RateHeaders } from './limiter.js';
import { perKey } from './per-key.js';

/** A bucket for each user; confluence.atlassian.com/doc/_ratelimiting_httpheaders-992678779.html. */
export function dataCenterLimiter(limits: DataCenterLimits, now: () => number): Limiter {
  const { capacity, fillRate = capacity, intervalSeconds = 60 } = limits;
  const intervalMs = intervalSeconds * 1000;
  const bucketOf = perKey(() => new BatchBucket(capacity, fillRate, intervalMs, now()));

  return {
    admit({ identity: { person } }) {
      if (person === undefined) return undefined;
      const bucket = bucketOf(person.userKey);
      const headers = (): RateHeaders => ({
        'x-ratelimit-limit': String(capacity),
        'x-ratelimit-remaining': String(bucket.remaining(now())),
        'x-ratelimit-fillrate': String(fillRate),
        'x-ratelimit-interval-seconds': String(intervalSeconds),
        // On every answer; 0 means go on.
        'retry-after': String(Math.ceil(bucket.wait(now()) / 1000)),
      });
      if (bucket.take(now())) return { headers };
      return { refusal: { by: 'tokens', message: 'Rate limit exceeded.', headers: headers() } };
    },
  };
}
