import type { AttemptCall, Handler } from '@tributary/pipeline';
import type { Queued } from './fair-queue.js';
import type { Lane } from './lane.js';
import type { TenantBudget } from './tenant-budget.js';

/** A call that stands in the queue, or waits for the shared budget's word. */
export interface Waiter extends Queued {
  readonly call: AttemptCall;
  readonly next: Handler<AttemptCall>;
  /** On the clock's monotonic scale. */
  readonly since: number;
  readonly resolve: (response: Response | Promise<Response>) => void;
  readonly reject: (error: unknown) => void;
  readonly tenant: TenantBudget;
  /** The queue that it stands in; none while the shared budget is asked. */
  lane: Lane | undefined;
  /** It was answered, whatever still happens to it. */
  isDone: boolean;
  /** Takes timer and listener off. */
  release: () => void;
}
