import { type Clock, ConfigError, type Random } from '@tributary/pipeline';
import type { RetryStrategy } from './strategy.js';

/** What one call may say of its own retries. */
export interface RetryCallOptions {
  /** The call does no harm when it is made twice, whatever its method. Default: by its method. */
  readonly idempotent?: boolean;
  /** Attempts in total. Default: the middleware's. */
  readonly limit?: number;
  /** The longest single wait, in ms. Default: the middleware's. */
  readonly maxWait?: number;
}

declare module '@tributary/pipeline' {
  interface CallOptions {
    /** Retries of this call; `false` for a single attempt. */
    readonly retry?: RetryCallOptions | false;
  }
}

export interface RetryOptions {
  /** Attempts in total, the first included. Default 3. */
  readonly limit?: number;
  /** Methods that do no harm when they are sent twice. Default GET, HEAD, OPTIONS, PUT, DELETE. */
  readonly methods?: readonly string[];
  /** Ms; the first wait is a random part of it, and it doubles with each attempt. Default 500. */
  readonly baseDelay?: number;
  /** Ms; no wait of our own is longer. A server's is never shortened. Default 10,000. */
  readonly maxDelay?: number;
  /**
   * Ms; where the server asks for more the call fails at once. Default 60,000, and for a rate limit none
   * but the call's deadline: a call without one waits out a quota.
   */
  readonly maxWait?: number;
  /**
   * Failures (502 to 504, lost connections) that all calls to one base URL may see together before they
   * fail at once, with a ServerUnavailableError; each answer in between gives half of one back.
   * Infinity turns it off. Default 100.
   */
  readonly quota?: number;
  /** Ms until one call is let through again; doubled, up to 30 s, while the server fails. Default 1000. */
  readonly cooldown?: number;
  /** What is worth another attempt: the first that has an opinion decides. Default `defaultStrategies`. */
  readonly strategies?: readonly RetryStrategy[];
  /** Default the system's. */
  readonly clock?: Clock;
  /** For jitter. Default Math.random. */
  readonly random?: Random;
}

export interface RetrySettings
  extends Required<
    Pick<RetryOptions, 'limit' | 'methods' | 'baseDelay' | 'maxDelay' | 'quota' | 'cooldown'>
  > {
  readonly maxWait: number | undefined;
}

/** RFC 9110, section 9.2.2, without TRACE. */
export const RETRY_DEFAULTS: RetrySettings = {
  limit: 3,
  methods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'],
  baseDelay: 500,
  maxDelay: 10_000,
  maxWait: undefined,
  quota: 100,
  cooldown: 1000,
};

const LEAST = { limit: 1, baseDelay: 0, maxDelay: 0, maxWait: 0, quota: 1, cooldown: 0 } as const;

/** The first setting that is out of range, and what it must be. */
export const outOfRange = (
  settings: RetrySettings,
): { field: string; rule: string } | undefined => {
  for (const [field, least] of Object.entries(LEAST)) {
    const value: unknown = settings[field as keyof typeof LEAST];
    if (field === 'maxWait' && value === undefined) continue;
    if (typeof value !== 'number' || !(value >= least)) {
      return { field: `retry.${field}`, rule: `must be a number of at least ${least}` };
    }
  }
  return undefined;
};

/** @throws ConfigError naming the option that is out of range. */
export const readRetryOptions = (options: RetryOptions): RetrySettings => {
  const settings: RetrySettings = {
    limit: options.limit ?? RETRY_DEFAULTS.limit,
    methods: options.methods ?? RETRY_DEFAULTS.methods,
    baseDelay: options.baseDelay ?? RETRY_DEFAULTS.baseDelay,
    maxDelay: options.maxDelay ?? RETRY_DEFAULTS.maxDelay,
    maxWait: options.maxWait ?? RETRY_DEFAULTS.maxWait,
    quota: options.quota ?? RETRY_DEFAULTS.quota,
    cooldown: options.cooldown ?? RETRY_DEFAULTS.cooldown,
  };
  const wrong = outOfRange(settings);
  if (wrong !== undefined) throw new ConfigError(wrong.field, wrong.rule);
  return settings;
};
