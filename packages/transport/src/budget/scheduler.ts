import {
  type AttemptCall,
  addPast,
  type Handler,
  type RateLimitedError,
  silentLogger,
  systemClock,
} from '@tributary/pipeline';
import { askShared } from './ask-shared.js';
import { disposedError, lateError, timeoutError } from './budget-errors.js';
import { BUDGET_DEFAULTS, type BudgetOptions, type BudgetSettings } from './budget-options.js';
import { createTenants } from './find-tenant.js';
import { noteAnswer, type Refusal } from './note-answer.js';
import { ownerOf } from './owner-of.js';
import { QueueFullError } from './queue-full-error.js';
import type { TenantBudget } from './tenant-budget.js';
import type { Waiter } from './waiter.js';

export interface Scheduler {
  readonly run: (call: AttemptCall, next: Handler<AttemptCall>) => Promise<Response>;
  readonly dispose: () => void;
}

/** Ms between two looks at a queue that a rate holds back: several calls begin together then. */
const LEAST_NAP = 4;

export const createScheduler = (
  {
    clock = systemClock,
    logger = silentLogger,
    app: nameApp,
    shared,
  }: Omit<BudgetOptions, keyof BudgetSettings>,
  settings: BudgetSettings = BUDGET_DEFAULTS,
): Scheduler => {
  const tenants = createTenants(settings, nameApp);
  const monotonic = () => clock.monotonic();
  const ask = shared && askShared(shared, clock, logger);
  let isDisposed = false;

  /** The error for a call whose deadline comes before its turn can, behind `ahead` others; or undefined. */
  const tooLate = (
    tenant: TenantBudget,
    call: AttemptCall,
    ahead: number,
    now: number,
  ): RateLimitedError | undefined => {
    if (call.deadline === undefined) return undefined;
    const { ms, gate } = tenant.hold(tenant.laneOf(call), ahead, now);
    if (now + ms < call.deadline) return undefined;
    return lateError(call, Math.ceil(ms), gate.reason, clock.now());
  };

  const settle = (waiter: Waiter, error: unknown): void => {
    waiter.isDone = true;
    waiter.release();
    if (waiter.lane !== undefined) {
      waiter.lane.queue.remove(waiter);
      waiter.lane = undefined;
      waiter.tenant.left();
    }
    waiter.reject(error);
  };

  /** Calls that now can't meet their deadlines needn't wait for them. */
  const rejectLate = (tenant: TenantBudget, now: number): void => {
    for (const [waiter] of [...tenant.waiters()]) {
      const error = tooLate(tenant, waiter.call, 0, now);
      if (error !== undefined) settle(waiter, error);
    }
  };

  const onRefusal = (tenant: TenantBudget, { scope, ms }: Refusal): void => {
    const now = clock.monotonic();
    if (scope !== 'app') rejectLate(tenant, now);
    else for (const other of tenant.app.waiting) rejectLate(other, now);
    if (scope !== 'endpoint') ask?.pause(tenant, scope, ms);
  };

  /** Sends a call that has its place among those under way. */
  const send = (
    tenant: TenantBudget,
    call: AttemptCall,
    next: Handler<AttemptCall>,
    number: number,
  ): Promise<Response> => {
    const { app } = tenant;
    let sending: Promise<Response>;
    try {
      sending = next(call);
    } catch (error) {
      sending = Promise.reject(error);
    }
    return sending.then(
      (response) => {
        app.underWay -= 1;
        const refusal = noteAnswer(tenant, call, number, response, clock);
        if (refusal !== undefined) onRefusal(tenant, refusal);
        else if (!(tenant.isCalm && app.isCalm)) ask?.pauseForQuota(tenant);
        if (app.waiting.size > 0) drainApp(tenant);
        return response;
      },
      (error: unknown) => {
        app.underWay -= 1;
        tenant.concurrency.end();
        tenant.ended(call, number);
        if (app.waiting.size > 0) drainApp(tenant);
        if (call.waitedMs !== undefined) addPast(error, { waitedMs: call.waitedMs });
        throw error;
      },
    );
  };

  const sendWaiter = (waiter: Waiter, number: number): void => {
    const { tenant, next } = waiter;
    waiter.isDone = true;
    waiter.release();
    const now = clock.monotonic();
    tenant.take(tenant.laneOf(waiter.call), number, now);
    const waitedMs = (waiter.call.waitedMs ?? 0) + (now - waiter.since);
    const call = waitedMs > 0 ? { ...waiter.call, waitedMs } : waiter.call;
    waiter.resolve(send(tenant, call, next, number));
  };

  const begin = (waiter: Waiter): void => {
    const { tenant } = waiter;
    const number = tenant.begin();
    if (ask === undefined) {
      sendWaiter(waiter, number);
      return;
    }
    ask.take(tenant).then((ms) => {
      if (!waiter.isDone && ms === 0 && !isDisposed) {
        sendWaiter(waiter, number);
        return;
      }
      tenant.concurrency.end();
      tenant.app.underWay -= 1;
      const now = clock.monotonic();
      tenant.isCalm = false;
      tenant.pause.extend(now + ms, 'unknown');
      if (isDisposed) {
        settle(waiter, disposedError());
      } else if (!waiter.isDone) {
        waiter.lane = tenant.laneOf(waiter.call);
        tenant.enter(waiter.lane, waiter, true);
      }
      rejectLate(tenant, now);
      drain(tenant);
    });
  };

  /** Lets begin what may, and sees to it that the rest is looked at in time. */
  const drain = (tenant: TenantBudget): void => {
    tenant.stopTimer?.();
    tenant.stopTimer = undefined;
    const now = clock.monotonic();
    while (tenant.waiting > 0 && tenant.concurrency.hasRoom) {
      const lane = tenant.nextLane(now);
      if (typeof lane === 'number') {
        tenant.stopTimer = clock.setTimer(
          () => {
            tenant.stopTimer = undefined;
            drain(tenant);
          },
          Math.max(LEAST_NAP, lane),
        );
        return;
      }
      const waiter = lane.queue.shift();
      if (waiter === undefined) continue;
      const own = tenant.laneOf(waiter.call);
      if (own !== lane) {
        // Its endpoint got a limit of its own while it stood here.
        own.queue.push(waiter);
        waiter.lane = own;
        continue;
      }
      waiter.lane = undefined;
      tenant.left();
      begin(waiter);
    }
  };

  /** After a call of `tenant` has ended; what it leaves of a global quota is the other tenants' too. */
  const drainApp = (tenant: TenantBudget): void => {
    drain(tenant);
    const { app } = tenant;
    if (app.isCalm || app.waiting.size === 0) return;
    for (const other of [...app.waiting]) {
      if (app.wait(clock.monotonic()) > 0) return;
      // The next time it comes after all others.
      app.waiting.delete(other);
      app.waiting.add(other);
      drain(other);
    }
  };

  const wait = (
    tenant: TenantBudget,
    call: AttemptCall,
    next: Handler<AttemptCall>,
  ): Promise<Response> => {
    const { signal, deadline, attempt, waitedMs = 0, template } = call;
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (isDisposed) return Promise.reject(disposedError());
    if (tenant.waiting >= settings.maxQueue) {
      const info = { attempts: attempt - 1, waitedMs, template };
      return Promise.reject(new QueueFullError(tenant.waiting, info));
    }
    const since = clock.monotonic();
    const owner = ownerOf(call);
    const lane = tenant.laneOf(call);
    const late = tooLate(tenant, call, lane.queue.ahead(owner), since);
    if (late !== undefined) return Promise.reject(late);

    return new Promise<Response>((resolve, reject) => {
      const onAbort = () => settle(waiter, signal?.reason);
      const stopTimer =
        deadline === undefined
          ? undefined
          : clock.setTimer(
              () => settle(waiter, timeoutError(waiter, clock.monotonic())),
              Math.max(0, deadline - since),
            );
      const waiter: Waiter = {
        owner,
        call,
        next,
        since,
        tenant,
        lane,
        isDone: false,
        resolve,
        reject,
        release: () => {
          stopTimer?.();
          signal?.removeEventListener('abort', onAbort);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      tenant.enter(lane, waiter, attempt > 1);
      drain(tenant);
    });
  };

  return {
    run(call, next) {
      const tenant = tenants.find(call, monotonic);
      const { concurrency, app } = tenant;
      if (ask === undefined && tenant.waiting === 0 && concurrency.hasRoom) {
        if (tenant.isCalm && app.isCalm) return send(tenant, call, next, tenant.begin());
        const now = clock.monotonic();
        tenant.settle(now);
        const lane = tenant.laneOf(call);
        if (tenant.wait(lane, now) === 0) {
          const number = tenant.begin();
          tenant.take(lane, number, now);
          return send(tenant, call, next, number);
        }
      }
      return wait(tenant, call, next);
    },
    dispose() {
      isDisposed = true;
      for (const app of tenants.apps.values()) {
        for (const tenant of app.tenants.values()) {
          tenant.stopTimer?.();
          tenant.stopTimer = undefined;
          for (const [waiter] of [...tenant.waiters()]) settle(waiter, disposedError());
        }
      }
    },
  };
};
