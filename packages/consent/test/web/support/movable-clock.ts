import { type Clock, systemClock } from '@tributary/pipeline';

/** The system's clock, and as much later as a test says. */
export const movableClock = (): Clock & { advance(ms: number): void } => {
  let ahead = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    advance(ms) {
      ahead += ms;
    },
  };
};
