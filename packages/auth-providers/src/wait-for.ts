import { type Call, type Clock, TimeoutError } from '@tributary/pipeline';

/** What a caller says about how long it waits. */
export type Patience = Pick<Call, 'signal' | 'deadline' | 'template'>;

/**
 * Waits for what a provider does, which other callers may share: a caller that gives up, by its signal or its deadline,
 * stops waiting, and the work goes on.
 */
export const waitFor = <T>(work: Promise<T>, patience: Patience, clock: Clock): Promise<T> => {
  const { signal, deadline, template } = patience;
  if (signal === undefined && deadline === undefined) return work;
  return new Promise<T>((resolve, reject) => {
    const stop = () => {
      signal?.removeEventListener('abort', onAbort);
      cancelTimer?.();
    };
    const giveUp = (reason: unknown) => {
      stop();
      reject(reason);
    };
    const onAbort = () => giveUp(signal?.reason);
    const cancelTimer =
      deadline === undefined
        ? undefined
        : clock.setTimer(() => giveUp(lateError(template)), deadline - clock.monotonic());
    if (signal?.aborted) onAbort();
    else signal?.addEventListener('abort', onAbort, { once: true });
    work.finally(stop).then(resolve, reject);
  });
};

const lateError = (template: string): TimeoutError =>
  new TimeoutError(
    'The deadline passed while a credential, or where it belongs, was being fetched.',
    {
      template,
      attempts: 0,
      sent: 'no',
    },
  );
