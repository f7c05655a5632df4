import { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { SharedBudget } from '../budget/shared-budget.js';
import { readRate, type SharedRate, sharedLimiter } from './shared-limiter.js';

export interface PostgresBudgetOptions extends SharedRate {
  /** A pool of `pg`; it stays yours to close. */
  readonly pool: object;
  /** Made if it isn't there. Default `tributary_budget`. */
  readonly table?: string;
}

/**
 * IF NOT EXISTS looks before it makes: who comes between is told of a relation, a type or a row of the
 * catalogue that is there already.
 */
const MADE_BY_ANOTHER: ReadonlySet<unknown> = new Set(['42P07', '42710', '23505']);

/**
 * A budget that all processes at one PostgreSQL draw from. Times are each process's own: their clocks
 * have to be kept together.
 * @throws ConfigError for a rate that is no whole number; whatever `pg` throws where the table can't be
 *   made.
 */
export const postgresBudget = async ({
  pool,
  table = 'tributary_budget',
  ...rate
}: PostgresBudgetOptions): Promise<SharedBudget> => {
  const limits = readRate(rate);
  const store = { storeClient: pool, storeType: 'pool', tableName: table };
  // Made once, before the limiters: each of them would try, and refuse calls until it is there.
  const make = () =>
    new Promise<void>((resolve, reject) => {
      const once = { ...store, points: 1, duration: 1, clearExpiredByTimeout: false };
      new RateLimiterPostgres(once, (error) => (error == null ? resolve() : reject(error)));
    });
  await make().catch((error: { readonly code?: unknown }) => {
    if (!MADE_BY_ANOTHER.has(error.code)) throw error;
    return make();
  });
  return sharedLimiter(
    'postgres',
    'tributary',
    limits,
    (options) => new RateLimiterPostgres({ ...options, ...store, tableCreated: true }),
  );
};
