import { isoTime } from './iso-time.js';
import type { QuotaLimit } from './limit-options.js';
import type { RateHeaders, Taken } from './limiter.js';
import { perKey } from './per-key.js';
import { PointsQuota } from './points-quota.js';

const anHour = 3_600_000;

/** Of the points; an answer tells what is left once it is less. */
const nearLimit = 0.2;

/** The points of each app. */
export function quotaLimits(limit: QuotaLimit, now: () => number) {
  const { points, windowMs = anHour, pool = 'global', resolutionMs = 1000 } = limit;
  const policy = `"${pool}-app-quota"`;
  const quotaOf = perKey(() => new PointsQuota(points, windowMs, now()));

  const msLeft = (quota: PointsQuota): number =>
    Math.ceil(quota.msLeft(now()) / resolutionMs) * resolutionMs;

  const told = (quota: PointsQuota): RateHeaders => {
    const left = quota.remaining(now());
    const isNear = left < points * nearLimit;
    const rest = isNear ? `;r=${left}` : '';
    return {
      'beta-ratelimit-policy': `${policy};q=${points};w=${windowMs / 1000}`,
      'beta-ratelimit': `${policy}${rest};t=${msLeft(quota) / 1000}`,
      ...(isNear && { 'x-ratelimit-nearlimit': 'true' }),
    };
  };

  /** `cost` is what the request costs at least; its headers are asked for by what it did cost. */
  return (app: string, cost: number): Taken<[actual: number]> => {
    const quota = quotaOf(app);
    const charge = quota.take(cost, now());
    if (charge !== undefined) {
      return {
        headers: (actual) => {
          charge(actual);
          return told(quota);
        },
      };
    }
    const ms = msLeft(quota);
    return {
      refusal: {
        by: 'quota',
        message: 'Rate limit exceeded: the points of this window are spent.',
        headers: {
          ...told(quota),
          'x-ratelimit-limit': String(points),
          'x-ratelimit-remaining': String(quota.remaining(now())),
          'x-ratelimit-reset': isoTime(now() + ms),
          'ratelimit-reason': `confluence-quota-${pool}-based`,
          'retry-after': String(ms / 1000),
        },
      },
    };
  };
}
