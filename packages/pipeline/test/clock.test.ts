import { getEventListeners } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { type Clock, sleep, systemClock } from '../src/index.js';

/** Timers that fire when they are told to. */
const handClock = () => {
  const timers = new Map<() => void, number>();
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    setTimer(callback, ms) {
      timers.set(callback, ms);
      return () => {
        timers.delete(callback);
      };
    },
  };
  return { clock, timers };
};

const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length;

describe('sleep', () => {
  test('ends with its timer, and takes its listener along', async () => {
    const { clock, timers } = handClock();
    const { signal } = new AbortController();
    const sleeping = sleep(clock, 50, signal);
    expect([[...timers.values()], listeners(signal)]).toEqual([[50], 1]);
    for (const fire of timers.keys()) fire();
    await sleeping;
    expect(listeners(signal)).toBe(0);
  });

  test("an abort rejects with the signal's reason, and cancels the timer", async () => {
    const { clock, timers } = handClock();
    const controller = new AbortController();
    const reason = new Error('enough');
    const sleeping = sleep(clock, 50, controller.signal);
    controller.abort(reason);
    await expect(sleeping).rejects.toBe(reason);
    expect([timers.size, listeners(controller.signal)]).toEqual([0, 0]);
  });

  test('an aborted signal sets no timer', async () => {
    const { clock, timers } = handClock();
    await expect(sleep(clock, 50, AbortSignal.abort('over'))).rejects.toBe('over');
    expect(timers.size).toBe(0);
  });
});

describe('systemClock', () => {
  test('now is epoch time, monotonic is not', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
    expect(systemClock.monotonic()).toBeLessThan(systemClock.now() / 2);
  });

  test('an idle timer holds up no process', () => {
    const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout');
    const before = timers().length;
    const cancel = systemClock.setTimer(() => {}, 60_000);
    expect(timers()).toHaveLength(before + 1);
    const cancelIdle = systemClock.setTimer(() => {}, 60_000, { isIdle: true });
    expect(timers()).toHaveLength(before + 1);
    cancel();
    cancelIdle();
    expect(timers()).toHaveLength(before);
  });

  test('a timer fires once, and not when it was cancelled', async () => {
    const fired: string[] = [];
    systemClock.setTimer(() => fired.push('cancelled'), 1)();
    await new Promise<void>((resolve) => {
      systemClock.setTimer(() => {
        fired.push('fired');
        resolve();
      }, 5);
    });
    expect(fired).toEqual(['fired']);
  });

  test('a time that has passed is now, without a warning', async () => {
    const warned = vi.spyOn(process, 'emitWarning');
    await new Promise<void>((resolve) => {
      systemClock.setTimer(resolve, -5);
    });
    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });

  test('a wait of more than 32 bits of ms does not end at once', () => {
    vi.useFakeTimers();
    try {
      const days = 24 * 3600 * 1000;
      const fired = vi.fn();
      systemClock.setTimer(fired, 60 * days);
      const cancel = systemClock.setTimer(fired, 60 * days);
      vi.advanceTimersByTime(59 * days);
      expect(fired).not.toHaveBeenCalled();
      cancel();
      vi.advanceTimersByTime(1 * days);
      expect(fired).toHaveBeenCalledTimes(1);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
