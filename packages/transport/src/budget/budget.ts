import { type AttemptCall, type Middleware, silentLogger, systemClock } from '@tributary/pipeline';
import { type BudgetOptions, readBudgetOptions } from './budget-options.js';
import type { Scheduler } from './scheduler.js';

/**
 * Per site and app: as many calls at a time as the site bears, at the rate that its limits allow. Calls
 * that have to wait stand in a bounded queue, in turn by principal.
 */
export const budget = (options: BudgetOptions = {}): Middleware<AttemptCall> => {
  const settings = readBudgetOptions(options);
  const { clock = systemClock, logger = silentLogger, app, shared } = options;

  // Loaded with the first call, to keep what loads at once small.
  let scheduler: Scheduler | undefined;
  let isDisposed = false;
  const load = async (): Promise<Scheduler> => {
    const { createScheduler } = await import('./scheduler.js');
    scheduler ??= createScheduler({ settings, clock, logger, app, shared });
    if (isDisposed) scheduler.dispose();
    return scheduler;
  };

  return {
    name: 'budget',
    wrap: (next) =>
      function budget(call) {
        return scheduler === undefined
          ? load().then(({ run }) => run(call, next))
          : scheduler.run(call, next);
      },
    dispose: async () => {
      isDisposed = true;
      scheduler?.dispose();
    },
  };
};
