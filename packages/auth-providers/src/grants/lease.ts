import { type Clock, type Random, sleep } from '@tributary/pipeline';
import type { LeasedTable } from './leased-table.js';

/** The right to decide about one row, for a while. */
export interface Lease {
  /** Fires before the lease ends. */
  readonly signal: AbortSignal;
  /** Never throws: a lease that can't be given back ends by itself. */
  giveBack(): Promise<void>;
}

export interface LeaseOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly leaseMs: number;
  readonly warningMs: number;
  /** Called when the lease has run out, unless it was given back. */
  readonly onEnd: () => void;
  /** Ends the waiting. */
  readonly closing: AbortSignal;
}

/** The first pause between two looks at a lease that somebody else holds, and the longest. */
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;

/** Waits until the lease on `id` is free, or its holder has run out of time, and takes it. */
export const takeLease = async (
  table: LeasedTable,
  id: string,
  options: LeaseOptions,
): Promise<Lease> => {
  const { clock, random, leaseMs, closing } = options;
  for (let longest = FIRST_PAUSE_MS; ; longest = Math.min(2 * longest, LONGEST_PAUSE_MS)) {
    closing.throwIfAborted();
    const holder = crypto.randomUUID();
    // Counted from before the question, so that this end is never later than the store's.
    const askedAt = clock.monotonic();
    const { remainingMs } = await ask(table, id, holder, leaseMs);
    if (remainingMs === 0) return heldLease(table, id, holder, askedAt, options);
    // Jittered, so that those who wait don't ask in step.
    const pause = longest * (0.5 + random() / 2);
    await sleep(clock, Math.min(pause, remainingMs), closing);
  }
};

const ask = async (table: LeasedTable, id: string, holder: string, leaseMs: number) => {
  try {
    const acquisition = await table.acquire(id, holder, leaseMs);
    return { remainingMs: acquisition.isHeld ? 0 : Math.max(1, acquisition.remainingMs) };
  } catch (error) {
    // The answer may be all that was lost.
    await table.release(id, holder).catch(() => {});
    throw error;
  }
};

const heldLease = (
  table: LeasedTable,
  id: string,
  holder: string,
  askedAt: number,
  { clock, leaseMs, warningMs, onEnd }: LeaseOptions,
): Lease => {
  const warning = new AbortController();
  const endsAt = askedAt + leaseMs;
  const left = () => endsAt - clock.monotonic();
  const warn = () => warning.abort(new Error('The lease on the grant is about to end.'));
  const cancelWarning = clock.setTimer(warn, Math.max(0, left() - warningMs));
  const cancelEnd = clock.setTimer(onEnd, Math.max(0, left()));
  return {
    signal: warning.signal,
    async giveBack() {
      cancelWarning();
      cancelEnd();
      await table.release(id, holder).catch(() => {});
    },
  };
};
