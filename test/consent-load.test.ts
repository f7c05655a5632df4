import { expect, test } from 'vitest';
import { runBench } from './run-bench.js';

const USERS = 100;

interface Wave {
  readonly pending: number;
  readonly after: object;
}

interface Result {
  readonly waves: readonly [Wave];
  readonly ok: boolean;
}

/** The benchmark, with fewer people and one wave. */
test(`${USERS} people go through the whole consent, 50 at a time, and nothing is left when it has expired`, async () => {
  const words = ['--users', `${USERS}`, '--waves', '1'];
  const results = await runBench<Result>('consent-load', ...words);
  expect(results).toHaveLength(1);
  const { waves, ok } = results[0] as Result;
  expect(waves).toHaveLength(1);
  expect(waves[0]).toMatchObject({ users: USERS, errors: [], own: USERS });
  expect(waves[0].pending).toBeGreaterThanOrEqual(USERS);
  expect(waves[0].after).toMatchObject({ pending: 0, leases: 0 });
  expect(ok).toBe(true);
});
