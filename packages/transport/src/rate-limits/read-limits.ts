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

export interface Limits {
  readonly windows: readonly LimitWindow[];
  readonly bucket?: LimitBucket;
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

const legacyLimits = (headers: ReadHeaders, remaining: number, nowMs: number): Limits => {
  const seconds = numberOf(headers.get('x-ratelimit-interval-seconds'));
  const fill = numberOf(headers.get('x-ratelimit-fillrate'));
  const capacity = numberOf(headers.get('x-ratelimit-limit'));
  if (seconds !== undefined && fill !== undefined && capacity !== undefined) {
    if (seconds <= 0 || fill <= 0) return NOTHING;
    return { windows: [], bucket: { capacity, remaining, fill, intervalMs: seconds * 1000 } };
  }
  const resetAt = parseResetTime(headers.get('x-ratelimit-reset'));
  if (resetAt === undefined) return NOTHING;
  const isGlobal = limitReason(headers.get('ratelimit-reason')) === 'global-quota';
  const resetMs = Math.max(0, resetAt - serverTime(headers, nowMs));
  return { windows: [{ scope: isGlobal ? 'app' : 'tenant', remaining, resetMs }] };
};

/**
 * What an answer says of the limits. Cloud: `RateLimit` (for now `Beta-RateLimit`), sent when more
 * than 80 % is used, else `X-RateLimit-Remaining` and `-Reset`; Data Center: a token bucket in
 * `X-RateLimit-*`. `undefined` where it says nothing, which is the rule.
 */
export const readLimits = (headers: ReadHeaders, nowMs: number): Limits | undefined => {
  const structured = headers.get('beta-ratelimit') ?? headers.get('ratelimit');
  if (structured !== null) {
    const windows = (parseStructuredList(structured) ?? []).map(windowOf);
    const known = windows.filter((window) => window !== undefined);
    if (known.length > 0) return { windows: known };
  }
  const remaining = numberOf(headers.get('x-ratelimit-remaining'));
  return remaining === undefined ? undefined : legacyLimits(headers, remaining, nowMs);
};
