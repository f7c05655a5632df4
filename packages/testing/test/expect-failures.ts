import { afterAll, beforeAll, expect, test } from 'vitest';
import { patience } from '../src/conformance/waiting.js';
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
  // They wait for what never comes.
  const { ms } = patience;
  beforeAll(() => {
    patience.ms = 3000;
  });
  afterAll(() => {
    patience.ms = ms;
  });
  // Concurrent, since many of them wait for what never comes.
  test.concurrent(title, async () => {
    const outcomes = await Promise.all(cases.map(({ run }) => outcome(run)));
    const failed = cases.filter((_, i) => outcomes[i] !== undefined).map(({ name }) => name);
    expect(failed).toEqual(expected);
  });
};
