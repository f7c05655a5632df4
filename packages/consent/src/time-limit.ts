import { type Clock, ConfigError, ConsentError } from '@tributary/pipeline';

export const DEFAULT_TIMEOUT = 5 * 60_000;

/** Timers hold 31 bits; one that overflows fires at once. */
const LONGEST_TIMEOUT = 2 ** 31 - 1;

export interface TimeLimit {
  readonly signal: AbortSignal;
  /** Stops the timer and lets go of the outer signal. */
  end(): void;
}

/** @throws ConfigError unless it is a positive number of ms that a timer can hold, or Infinity. */
export const readTimeout = (timeout: number): number => {
  const isUsable = timeout > 0 && (timeout <= LONGEST_TIMEOUT || timeout === Infinity);
  if (!isUsable) {
    throw new ConfigError(
      'timeout',
      `must be milliseconds from 1 to ${LONGEST_TIMEOUT}, or Infinity`,
    );
  }
  return timeout;
};

/** A signal that fires as `outer` does, or with CONSENT_TIMEOUT when the time is up. */
export const startTimeLimit = (
  timeout: number,
  clock: Clock,
  outer: AbortSignal | undefined,
  cause?: unknown,
): TimeLimit => {
  const controller = new AbortController();
  const expire = () =>
    controller.abort(
      new ConsentError(
        'CONSENT_TIMEOUT',
        `Nobody answered the request for consent within ${timeout / 1_000} s. Start again and answer it in time.`,
        { retryable: true, cause },
      ),
    );
  const follow = () => controller.abort(outer?.reason);
  const stopTimer = timeout === Infinity ? () => {} : clock.setTimer(expire, timeout);
  if (outer?.aborted) follow();
  outer?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    end() {
      stopTimer();
      outer?.removeEventListener('abort', follow);
    },
  };
};

/** The work's outcome, or the signal's reason as soon as it fires, also when the work ignores it. */
export const orAborted = <T>(work: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    const settle = () => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    work.then(resolve, reject).then(settle);
  });
