import { RateLimiterRedis } from 'rate-limiter-flexible';
import type { SharedBudget } from '../budget/shared-budget.js';
import { readRate, type SharedRate, sharedLimiter } from './shared-limiter.js';

export interface RedisBudgetOptions extends SharedRate {
  /** A connected client of the `redis` package (4 and later) or of ioredis; it stays yours to close. */
  readonly client: object;
  /** Begins every key. Default `tributary`. */
  readonly prefix?: string;
}

/**
 * A budget that all processes at one Redis draw from.
 * @throws ConfigError for a rate that is no whole number.
 */
export const redisBudget = ({
  client,
  prefix = 'tributary',
  ...rate
}: RedisBudgetOptions): SharedBudget => {
  // Both packages run scripts, and hand over their arguments differently.
  const useRedisPackage = !('defineCommand' in client);
  return sharedLimiter(
    'redis',
    prefix,
    readRate(rate),
    (options) =>
      new RateLimiterRedis({
        ...options,
        storeClient: client,
        useRedisPackage,
        rejectIfRedisNotReady: true,
      }),
  );
};
