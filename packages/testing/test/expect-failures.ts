import { expect, test } from 'vitest';
import type { ConformanceCase } from '../src/index.js';

const outcome = (run: () => Promise<void>): Promise<Error | undefined> =>
  run().then(
    () => undefined,
    (error: Error) => error,
  );

/** Runs every case: exactly the named ones may fail. A check that can't fail is worthless. */
export const expectFailures = (
  title: string,
  cases: readonly ConformanceCase[],
  expected: readonly string[],
): void => {
  // Concurrent, since many of them wait for what never comes.
  test.concurrent(title, { timeout: 20_000 }, async () => {
    const failed: string[] = [];
    for (const { name, run } of cases) {
      if ((await outcome(run)) !== undefined) failed.push(name);
    }
    expect(failed).toEqual(expected);
  });
};
