import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const bench = fileURLToPath(
  new URL('../bench/consent-load/consent-load.bench.mjs', import.meta.url),
);
const USERS = 100;

/** The benchmark, with fewer people and one wave. */
test(`${USERS} people go through the whole consent, 50 at a time, and nothing is left when it has expired`, async () => {
  const words = ['--json', '--users', `${USERS}`, '--waves', '1'];
  const { stdout } = await run(process.execPath, [bench, ...words]).catch(
    (error: { stdout: string; stderr: string }) => {
      if (error.stdout === '') throw new Error(error.stderr);
      return error;
    },
  );
  const { waves, ok } = JSON.parse(stdout);
  expect(waves).toHaveLength(1);
  expect(waves[0]).toMatchObject({ users: USERS, errors: [], own: USERS });
  expect(waves[0].pending).toBeGreaterThanOrEqual(USERS);
  expect(waves[0].after).toMatchObject({ pending: 0, leases: 0 });
  expect(ok).toBe(true);
});
