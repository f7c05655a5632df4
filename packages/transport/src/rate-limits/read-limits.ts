import { limitReason } from './limit-reason.js';
import { parseResetTime } from './reset-time.js';
import { serverTime } from './server-time.js';
import { parseStructuredList, type StructuredItem } from './structured-field.js';

/** So much is left until a moment at which all of it comes back. */
export interface LimitWindow {
  /** Whether the quota is the app's over all tenants, or its quota at this one. */
  readonly scope: 'app' | 'tenant';
  readonly remaining: number;
  /** Ms from now on. */
  readonly resetMs: number;
}

/** Data Center's token bucket: a batch of `fill` tokens every interval, up to `capacity`. */
export interface LimitBucket {
  readonly capacity: number;
  readonly remaining: number;
  readonly fill: number;
  readonly intervalMs: number;
}

/** What Cloud lets pass at one endpoint: so many calls a second, of which so many are left. */
export interface LimitRate {
  readonly perSecond: number;
  readonly remaining: number;
}

export interface Limits {
  readonly windows: readonly LimitWindow[];
  readonly bucket?: LimitBucket;
  readonly rate?: LimitRate;
}

type ReadHeaders = Pick<Headers, 'get'>;

const NOTHING: Limits = { windows: [] };

const numberOf = (value: string | null): number | undefined =>
  value !== null && /^\d+(?:\.\d+)?$/.test(value.trim()) ? Number(value) : undefined;

const windowOf = ({ value, parameters }: StructuredItem): LimitWindow | undefined => {
  const [remaining, seconds] = [parameters.get('r'), parameters.get('t')];
  if (typeof remaining !== 'number' || typeof seconds !== 'number') return undefined;
  return {
    scope: /global/i.test(String(value)) ? 'app' : 'tenant',
    remaining,
    resetMs: Math.max(0, seconds * 1000),
  };
};

const quotaWindows = (structured: string | null): readonly LimitWindow[] =>
  structured === null
    ? NOTHING.windows
    : (parseStructuredList(structured) ?? [])
        .map(windowOf)
        .filter((window) => window !== undefined);

const legacyLimits = (headers: ReadHeaders, remaining: number, nowMs: number): Limits => {
  const seconds = numberOf(headers.get('x-ratelimit-interval-seconds'));
  const fill = numberOf(headers.get('x-ratelimit-fillrate'));
  const capacity = numberOf(headers.get('x-ratelimit-limit'));
  if (seconds !== undefined && fill !== undefined && capacity !== undefined) {
    if (seconds <= 0 || fill <= 0) return NOTHING;
    return { windows: [], bucket: { capacity, remaining, fill, intervalMs: seconds * 1000 } };
  }
  const resetAt = parseResetTime(headers.get('x-ratelimit-reset'));
  if (resetAt === undefined) {
    // Without an end it is a second's.
    if (capacity === undefined || capacity < 1) return NOTHING;
    return { windows: [], rate: { perSecond: capacity, remaining } };
  }
  const isGlobal = limitReason(headers.get('ratelimit-reason')) === 'global-quota';
  const resetMs = Math.max(0, resetAt - serverTime(headers, nowMs));
  return { windows: [{ scope: isGlobal ? 'app' : 'tenant', remaining, resetMs }] };
};

/**
 * What an answer says of the limits. Cloud: the quota in `RateLimit` (for now `Beta-RateLimit`), sent when
 * more than 80 % is used, else in `X-RateLimit-Remaining` and `-Reset`; the endpoint's burst limit in
 * `X-RateLimit-Limit` and `-Remaining`, which then come without a `-Reset`. Data Center: a token bucket in
 * `X-RateLimit-*`. `undefined` where it says nothing.
 */
export const readLimits = (headers: ReadHeaders, nowMs: number): Limits | undefined => {
  const windows = quotaWindows(headers.get('beta-ratelimit') ?? headers.get('ratelimit'));
  const remaining = numberOf(headers.get('x-ratelimit-remaining'));
  if (remaining === undefined) return windows.length > 0 ? { windows } : undefined;
  const limits = legacyLimits(headers, remaining, nowMs);
  return windows.length > 0 ? { ...limits, windows } : limits;
};
