import type { Clock, Logger } from '@tributary/pipeline';
import type { SharedBudget } from './shared-budget.js';
import type { TenantBudget } from './tenant-budget.js';

/** Ms; a store that takes longer is taken for down. */
const PATIENCE = 1000;

const keyOf = (tenant: TenantBudget) => ({ app: tenant.app.name, tenant: tenant.key });

/** The shared budget as the scheduler asks it: in bounded time, and never an error. */
export const askShared = (shared: SharedBudget, clock: Clock, logger: Logger) => {
  const complain = (error: unknown): 0 => {
    logger.warn('The shared budget could not be reached; this process goes on by its own.', {
      budget: shared.name,
      error: error instanceof Error ? error.name : typeof error,
    });
    return 0;
  };

  const pause = (tenant: TenantBudget, scope: 'app' | 'tenant', ms: number): void => {
    shared.pause(keyOf(tenant), scope, ms).catch(complain);
  };

  return {
    /** Ms to wait before asking again; 0 for a yes. */
    take(tenant: TenantBudget): Promise<number> {
      return new Promise((resolve) => {
        const stop = clock.setTimer(() => resolve(complain('late')), PATIENCE);
        const done = (ms: number) => {
          stop();
          resolve(ms);
        };
        shared.take(keyOf(tenant)).then(done, (error: unknown) => done(complain(error)));
      });
    },
    pause,
    /** Others learn of a quota that answers told to be spent, before one of theirs is refused. */
    pauseForQuota(tenant: TenantBudget): void {
      const now = clock.monotonic();
      for (const [scope, { quota }] of [
        ['tenant', tenant],
        ['app', tenant.app],
      ] as const) {
        const ms = quota.newlySpent(now);
        if (ms > 0) pause(tenant, scope, ms);
      }
    },
  };
};
