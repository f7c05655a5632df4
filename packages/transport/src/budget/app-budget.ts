import { Pause } from './gate.js';
import { QuotaWindow } from './quota-window.js';
import type { TenantBudget } from './tenant-budget.js';

/** A tenant more than this, and idle ones make room. */
const MOST_TENANTS = 1000;

/** How many of the oldest are looked at for each new one. */
const SWEEP = 8;

/** One app over all its tenants: what its global quota leaves. */
export class AppBudget {
  readonly tenants = new Map<string, TenantBudget>();
  readonly pause = new Pause();
  readonly quota = new QuotaWindow('global-quota', () => this.underWay);
  readonly name: string;
  underWay = 0;
  /** Neither of the two holds anybody back. */
  isCalm = true;
  /** Tenants with calls in their queues. */
  readonly waiting = new Set<TenantBudget>();

  constructor(name: string) {
    this.name = name;
  }

  /** Ms until the app's own limits let a call pass. */
  wait(now: number): number {
    return Math.max(this.pause.wait(now), this.quota.wait(now));
  }

  /** Forgets what is over. */
  settle(now: number): void {
    this.isCalm = this.pause.isOver(now) && this.quota.isOver(now);
  }

  /** Before another tenant is added. */
  makeRoom(now: number): void {
    if (this.tenants.size < MOST_TENANTS) return;
    let left = SWEEP;
    for (const [key, tenant] of this.tenants) {
      this.tenants.delete(key);
      // In use: looked at again when all others were.
      if (!tenant.isIdle(now)) this.tenants.set(key, tenant);
      left -= 1;
      if (left === 0) return;
    }
  }
}
