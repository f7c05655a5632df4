/** Time, as everything here asks for it, so that tests neither sleep nor flake. */
export interface Clock {
  /** Epoch ms, for what servers and stores say. */
  now(): number;
  /** Ms since an arbitrary start, never going back: for deadlines and waits. */
  monotonic(): number;
  /**
   * Calls back once after `ms`; the returned function cancels it. An idle one need not be waited for by
   * a process that has nothing else to do.
   */
  setTimer(callback: () => void, ms: number, options?: { readonly isIdle?: boolean }): () => void;
}

/** setTimeout takes 32 bits; a longer wait would end at once. */
const LONGEST_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(callback, ms, options) {
    let timer: ReturnType<typeof setTimeout>;
    const arm = (left: number): void => {
      // Node warns of a time that has passed already.
      const wait = Math.min(Math.max(left, 0), LONGEST_TIMER);
      timer = setTimeout(() => (left > wait ? arm(left - wait) : callback()), wait);
      // A browser's timer is a number.
      if (options?.isIdle) (timer as { unref?(): void }).unref?.();
    };
    arm(ms);
    return () => clearTimeout(timer);
  },
};

/** Waits `ms`, or rejects with the signal's reason as soon as it fires. */
export const sleep = (clock: Clock, ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.setTimer(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
