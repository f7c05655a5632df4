import type { Clock } from '@tributary/pipeline';
import type { ExpiringRows } from './leased-table.js';

/** The longest that an ended record stays while later ones are awaited. */
const EVERY_MS = 10_000;
/** The database counts from a moment before this process does, in whole ms. */
const SLACK_MS = 20;

export interface Sweeps {
  /** Once, for what processes left that are no more. Never throws. */
  begin(): Promise<void>;
  /** Sees to it that a record which was just written does not outstay its time. */
  after(ttlMs: number): void;
  stop(): void;
}

/** Removes ended records, of all processes, for as long as this one has written some that haven't ended. */
export const sweeping = (rows: Pick<ExpiringRows, 'sweep'>, clock: Clock): Sweeps => {
  let begun: Promise<void> | undefined;
  let lastEnd = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;
  let isStopped = false;

  const arm = (): void => {
    const left = lastEnd - clock.monotonic();
    if (cancel !== undefined || isStopped || left <= 0) return;
    const wait = Math.min(left, EVERY_MS);
    cancel = clock.setTimer(
      () => {
        cancel = undefined;
        rows
          .sweep()
          .catch(() => after(EVERY_MS))
          .then(arm);
      },
      wait,
      { isIdle: true },
    );
  };

  const after = (ttlMs: number): void => {
    lastEnd = Math.max(lastEnd, clock.monotonic() + ttlMs + SLACK_MS);
    arm();
  };

  return {
    begin() {
      begun ??= rows.sweep().catch(() => after(EVERY_MS));
      return begun;
    },
    after,
    stop() {
      isStopped = true;
      cancel?.();
    },
  };
};
