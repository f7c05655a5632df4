import { type Clock, sleep, TributaryError } from '@tributary/pipeline';

const FIRST_PAUSE_MS = 50;
/** After this no repetition begins: within the time for which a lease warns. */
const PATIENCE_MS = 4_000;

/**
 * Repeats a write that failed: a rotated token that is not stored is lost. It has to be a
 * compare-and-swap, so that one that took effect all the same does no harm.
 */
export const persist = async <T>(clock: Clock, write: () => Promise<T>): Promise<T> => {
  const started = clock.monotonic();
  for (let pause = FIRST_PAUSE_MS; ; pause *= 2) {
    try {
      return await write();
    } catch (error) {
      const isFinal = error instanceof TributaryError && !error.retryable;
      if (isFinal || clock.monotonic() - started + pause > PATIENCE_MS) throw error;
    }
    await sleep(clock, pause);
  }
};
