import { type AttemptCall, type Clock, ConfigError, type Logger } from '@tributary/pipeline';
import type { SharedBudget } from './shared-budget.js';

export interface BudgetOptions {
  /** Calls under way at a time to one site, to begin with; adapts. Default 16. */
  readonly concurrency?: number;
  /** The most that it grows to. Default 64. */
  readonly maxConcurrency?: number;
  /** Calls that may wait for one site at a time; further ones fail with QueueFullError. Default 10,000. */
  readonly maxQueue?: number;
  /**
   * Names the app whose budget a call draws from: Atlassian counts per app and site. Default the
   * provider's `appKey`, such as an OAuth client's id, else its kind.
   */
  readonly app?: (call: AttemptCall) => string;
  /** What other processes draw from too: `redisBudget(…)`, `postgresBudget(…)`. Default none. */
  readonly shared?: SharedBudget;
  /** Default the system's. */
  readonly clock?: Clock;
  /** Told when the shared budget can't be reached. Default silent. */
  readonly logger?: Logger;
}

export type BudgetSettings = Required<
  Pick<BudgetOptions, 'concurrency' | 'maxConcurrency' | 'maxQueue'>
>;

export const BUDGET_DEFAULTS: BudgetSettings = {
  concurrency: 16,
  maxConcurrency: 64,
  maxQueue: 10_000,
};

/** @throws ConfigError naming the option that is out of range. */
export const readBudgetOptions = (options: BudgetOptions): BudgetSettings => {
  const maxConcurrency = options.maxConcurrency ?? BUDGET_DEFAULTS.maxConcurrency;
  const concurrency = options.concurrency ?? Math.min(BUDGET_DEFAULTS.concurrency, maxConcurrency);
  const maxQueue = options.maxQueue ?? BUDGET_DEFAULTS.maxQueue;
  for (const [field, value, least] of [
    ['concurrency', concurrency, 1],
    ['maxConcurrency', maxConcurrency, concurrency],
    ['maxQueue', maxQueue, 0],
  ] as const) {
    if (!(value >= least)) {
      throw new ConfigError(`budget.${field}`, `must be a number of at least ${least}`);
    }
  }
  return { concurrency, maxConcurrency, maxQueue };
};
