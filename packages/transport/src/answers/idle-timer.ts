import type { Clock } from '@tributary/pipeline';

/** Calls back once when nothing was heard for `ms`. Starts with the first `touch`. */
export interface IdleTimer {
  touch(): void;
  /** Until the next `touch`, or for good. */
  pause(): void;
}

/** One timer however often it is touched: it is set anew only when it fires too early. */
export const idleTimer = (clock: Clock, ms: number, onIdle: () => void): IdleTimer => {
  let last = 0;
  let isPaused = true;
  let stopTimer: (() => void) | undefined;

  const arm = (wait: number): void => {
    stopTimer = clock.setTimer(() => {
      stopTimer = undefined;
      const left = last + ms - clock.monotonic();
      if (isPaused) return;
      if (left > 0) arm(left);
      else {
        isPaused = true;
        onIdle();
      }
    }, wait);
  };

  return {
    touch() {
      last = clock.monotonic();
      isPaused = false;
      if (stopTimer === undefined) arm(ms);
    },
    pause() {
      isPaused = true;
      stopTimer?.();
      stopTimer = undefined;
    },
  };
};
