import type { AttemptCall, Middleware } from '@tributary/pipeline';
import { type BudgetOptions, type BudgetSettings, readBudgetOptions } from './budget-options.js';
import type { Scheduler } from './scheduler.js';

declare module '@tributary/pipeline' {
  interface CallOptions {
    /** `false`: this call waits for no permit, whatever limits are known. Default: it does. */
    readonly budget?: false;
  }
}

/** Everything but the settings is loaded with the first call, to keep what loads at once small. */
export const budgetWith = (
  options: Omit<BudgetOptions, keyof BudgetSettings>,
  settings?: BudgetSettings,
): Middleware<AttemptCall> => {
  let scheduler: Scheduler | undefined;
  let isDisposed = false;
  const load = async (): Promise<Scheduler> => {
    const { createScheduler } = await import('./scheduler.js');
    scheduler ??= createScheduler(options, settings);
    if (isDisposed) scheduler.dispose();
    return scheduler;
  };

  return {
    name: 'budget',
    wrap: (next) =>
      function budget(call) {
        if (call.options.budget === false) return next(call);
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

/**
 * Per site and app: as many calls at a time as the site bears, at the rate that its limits allow. Calls
 * that have to wait stand in a bounded queue, in turn by principal.
 * @throws ConfigError naming the option that is out of range.
 */
export const budget = (options: BudgetOptions = {}): Middleware<AttemptCall> =>
  budgetWith(options, readBudgetOptions(options));
