import { type Clock, systemClock } from '@tributary/pipeline';

/** The system's clock, some way ahead. */
export interface ShiftedClock extends Clock {
  advance(ms: number): void;
  reset(): void;
}

export const shiftedClock = (): ShiftedClock => {
  let ahead = 0;
  return {
    ...systemClock,
    now: () => systemClock.now() + ahead,
    advance: (ms) => {
      ahead += ms;
    },
    reset: () => {
      ahead = 0;
    },
  };
};
