import { type AuthenticatedCall, type Clock, discardBody, TimeoutError } from '@tributary/pipeline';
import { CallEnding, type Ending } from './ending.js';
import { wireError } from './wire-error.js';

/** Beyond it a runtime's timer fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

const timeoutError = (call: AuthenticatedCall, sent: 'no' | 'unknown'): TimeoutError =>
  new TimeoutError(
    sent === 'no'
      ? 'The deadline had passed before this attempt; give the call a longer `timeout`.'
      : 'No response before the deadline; give the call a longer `timeout`, and look whether it took effect before you repeat a write.',
    { attempts: call.attempt, template: call.template, sent },
  );

/**
 * Runs one attempt under its caller's signal and its deadline. The deadline ends with the response's
 * headers; the signal goes on to abort the body.
 */
export const underDeadline = (
  call: AuthenticatedCall,
  clock: Clock,
  send: (ending: Ending) => Promise<Response>,
): Promise<Response> => {
  const { signal, deadline } = call;
  if (signal?.aborted) return Promise.reject(signal.reason);
  const fail = (error: unknown): never => {
    throw wireError(error, { template: call.template, attempts: call.attempt, signal });
  };
  const remaining =
    deadline === undefined ? Number.POSITIVE_INFINITY : deadline - clock.monotonic();
  if (remaining <= 0) return Promise.reject(timeoutError(call, 'no'));
  if (remaining > MAX_TIMER_MS) return send(new CallEnding(signal, false)).catch(fail);

  const ending = new CallEnding(signal, true);
  return new Promise<Response>((resolve, reject) => {
    let isLate = false;
    const stopTimer = clock.setTimer(() => {
      isLate = true;
      const error = timeoutError(call, 'unknown');
      ending.end(error);
      // Not left to `send`: a fetch of somebody's own may not heed signals.
      reject(error);
    }, remaining);
    send(ending).then(
      (response) => {
        stopTimer();
        // An attempt that was given up may still be answered; nobody reads that answer.
        if (isLate) discardBody(response);
        else resolve(response);
      },
      (error: unknown) => {
        stopTimer();
        try {
          fail(error);
        } catch (mapped) {
          reject(mapped);
        }
      },
    );
  });
};
