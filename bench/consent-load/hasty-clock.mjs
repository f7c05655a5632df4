import { systemClock } from '@tributary/pipeline';

/** The system's clock until it is advanced: then what was to happen meanwhile happens at once. */
export const hastyClock = () => {
  const timers = new Set();
  let ahead = 0;
  const monotonic = () => systemClock.monotonic() + ahead;
  return {
    now: () => systemClock.now() + ahead,
    monotonic,
    setTimer(callback, ms, options) {
      const timer = { due: monotonic() + ms };
      const end = () => {
        timer.cancel();
        timers.delete(timer);
      };
      timer.fire = () => {
        end();
        callback();
      };
      timer.cancel = systemClock.setTimer(timer.fire, ms, options);
      timers.add(timer);
      return end;
    },
    advance(ms) {
      ahead += ms;
      for (const timer of [...timers]) if (timer.due <= monotonic()) timer.fire();
    },
  };
};
