import type { AttemptCall, AuthProvider } from '@tributary/pipeline';
import { AppBudget } from './app-budget.js';
import type { BudgetSettings } from './budget-options.js';
import { Concurrency } from './concurrency.js';
import { ownerOf } from './owner-of.js';
import { TenantBudget } from './tenant-budget.js';

/** Finds, or begins, the budget that a call draws from. */
export const createTenants = (
  { concurrency, maxConcurrency }: BudgetSettings,
  nameApp: ((call: AttemptCall) => string) | undefined,
) => {
  const apps = new Map<string, AppBudget>();
  // Most calls go where the last one went.
  let last: { base: string; provider: AuthProvider; tenant: TenantBudget } | undefined;

  const appOf = (call: AttemptCall): AppBudget => {
    const name = nameApp?.(call) ?? call.provider.appKey ?? call.provider.kind;
    let app = apps.get(name);
    if (app === undefined) {
      app = new AppBudget(name);
      apps.set(name, app);
    }
    return app;
  };

  return {
    apps,
    find(call: AttemptCall, now: () => number): TenantBudget {
      const { base, provider } = call;
      if (last?.base === base && last.provider === provider) return last.tenant;
      const app = appOf(call);
      // Data Center counts for each user; Cloud for the app, whoever it acts for.
      const isPerUser = call.site.deployment === 'data-center';
      const key = isPerUser ? `${base} ${ownerOf(call)}` : base;
      let tenant = app.tenants.get(key);
      if (tenant === undefined) {
        app.makeRoom(now());
        tenant = new TenantBudget(app, key, new Concurrency(concurrency, maxConcurrency));
        app.tenants.set(key, tenant);
      }
      last = isPerUser || nameApp !== undefined ? undefined : { base, provider, tenant };
      return tenant;
    },
  };
};
