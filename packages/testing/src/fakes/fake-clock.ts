import type { Clock } from '@tributary/pipeline';

/** A clock that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Goes on by `ms`: due timers fire in order, and what they start has run before the next one fires. */
  advance(ms: number): Promise<void>;
  /** How many timers are waiting. */
  readonly pending: number;
}

interface Timer {
  readonly due: number;
  readonly callback: () => void;
}

/** Not zero, so that a deadline mistaken for an epoch time, or the other way round, shows. */
const START_MONOTONIC = 1000;

const START_NOW = Date.UTC(2030, 0, 1);

// Kept at import, so that a test runner's own fake timers can't hold it up.
const { setImmediate } = globalThis;

/** Lets every promise that can go on go on. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** `now` is the epoch ms that it starts at. Default 2030-01-01. */
export const fakeClock = ({
  now: start = START_NOW,
}: {
  readonly now?: number;
} = {}): FakeClock => {
  const timers = new Set<Timer>();
  let elapsed = 0;

  const firstDue = (until: number): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (timer.due <= until && (first === undefined || timer.due < first.due)) first = timer;
    }
    return first;
  };

  return {
    now: () => start + elapsed,
    monotonic: () => START_MONOTONIC + elapsed,
    setTimer(callback, ms) {
      const timer = { due: elapsed + Math.max(0, ms), callback };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    get pending() {
      return timers.size;
    },
    async advance(ms) {
      const until = elapsed + ms;
      // What was started just before may not have set its timer yet.
      await settle();
      for (let timer = firstDue(until); timer !== undefined; timer = firstDue(until)) {
        timers.delete(timer);
        elapsed = Math.max(elapsed, timer.due);
        timer.callback();
        await settle();
      }
      elapsed = until;
    },
  };
};
