import { inspect } from 'node:util';
import { NeedsAuthenticationError, systemClock } from '@tributary/pipeline';

/** What runs, and a line of each that ended. */
export interface Runs {
  /** Runs it, and logs what it was, how it ended and how long it took. @throws what it throws */
  track<T>(
    what: string,
    work: () => Promise<T>,
    outcome?: (value: T) => string,
  ): Promise<{ readonly value: T; readonly took: number }>;
  /** When all that runs now has ended. */
  settled(): Promise<void>;
}

/** A log's line is one line, whatever a name holds. */
const oneLine = (words: string): string => words.replace(/\p{Cc}+/gu, ' ');

export const createRuns = (log: (line: string) => void): Runs => {
  const running = new Set<Promise<unknown>>();
  const tracked = async <T>(
    what: string,
    work: () => Promise<T>,
    outcome: (value: T) => string,
  ): Promise<{ readonly value: T; readonly took: number }> => {
    const start = systemClock.monotonic();
    const took = (): number => Math.round(systemClock.monotonic() - start);
    try {
      const value = await work();
      log(`${oneLine(what)} ${outcome(value)} ${took()} ms`);
      return { value, took: took() };
    } catch (error) {
      const isAsking = error instanceof NeedsAuthenticationError;
      log(
        isAsking
          ? `${oneLine(what)} needs consent ${took()} ms`
          : `${oneLine(what)} failed ${took()} ms\n${inspect(error)}`,
      );
      throw error;
    }
  };
  return {
    track(what, work, outcome = () => 'ok') {
      const run = tracked(what, work, outcome);
      const ended = run.catch(() => {}).finally(() => running.delete(ended));
      running.add(ended);
      return run;
    },
    async settled() {
      await Promise.all(running);
    },
  };
};
