import { createHash } from 'node:crypto';
import { ConfigError } from '@tributary/pipeline';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { BudgetKey, SharedBudget } from '../budget/shared-budget.js';

/** What all processes together may send to one site. */
export interface SharedRate {
  /** Requests per window. Default no limit: only pauses are shared. */
  readonly requests?: number;
  /** Whole seconds that a window takes. Default 1. */
  readonly seconds?: number;
}

/** Makes one limiter; all of one budget share a store. */
export type MakeLimiter = (options: {
  readonly keyPrefix: string;
  readonly points: number;
  readonly duration: number;
}) => Pick<RateLimiterAbstract, 'consume' | 'get' | 'block'>;

/** Bytes of a key that a PostgreSQL table takes, its prefix left aside. */
const LONGEST_KEY = 180;

const short = (key: string): string =>
  key.length <= LONGEST_KEY ? key : createHash('sha256').update(key).digest('hex');

const keysOf = ({ app, tenant }: BudgetKey) => ({
  app: short(app),
  tenant: short(`${app} ${tenant}`),
});

const msOf = (refusal: unknown): number | undefined => {
  const ms = (refusal as { readonly msBeforeNext?: unknown } | null)?.msBeforeNext;
  return typeof ms === 'number' ? Math.max(1, ms) : undefined;
};

/** @throws ConfigError naming what is no whole number above 0. */
export const readRate = ({
  requests,
  seconds = 1,
}: SharedRate): Required<SharedRate> | undefined => {
  for (const [field, value] of Object.entries({ requests, seconds })) {
    if (value !== undefined && !(Number.isInteger(value) && value > 0)) {
      throw new ConfigError(`sharedBudget.${field}`, 'must be a whole number above 0');
    }
  }
  return requests === undefined ? undefined : { requests, seconds };
};

/** A shared budget over rate-limiter-flexible, whatever store that uses. */
export const sharedLimiter = (
  name: string,
  keyPrefix: string,
  rate: Required<SharedRate> | undefined,
  make: MakeLimiter,
): SharedBudget => {
  const pauses = make({ keyPrefix: `${keyPrefix}-pause`, points: 1, duration: 1 });
  const requests =
    rate && make({ keyPrefix: `${keyPrefix}-rate`, points: rate.requests, duration: rate.seconds });

  const paused = async (key: string): Promise<number> => (await pauses.get(key))?.msBeforeNext ?? 0;

  return {
    name,
    async take(key) {
      const { app, tenant } = keysOf(key);
      const waits = await Promise.all([paused(app), paused(tenant)]);
      const ms = Math.max(...waits);
      if (ms > 0 || requests === undefined) return Math.max(0, ms);
      try {
        await requests.consume(tenant);
        return 0;
      } catch (refusal) {
        const wait = msOf(refusal);
        if (wait === undefined) throw refusal;
        return wait;
      }
    },
    async pause(key, scope, ms) {
      const name = keysOf(key)[scope];
      // Another process may have been told to wait longer.
      if ((await paused(name)) >= ms) return;
      await pauses.block(name, Math.ceil(ms / 1000));
    },
  };
};
