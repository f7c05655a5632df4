import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { isServicesUp } from './services.js';

const run = promisify(execFile);
const bench = fileURLToPath(
  new URL('../bench/shared-budget/shared-budget.bench.mjs', import.meta.url),
);

interface Result {
  readonly store: string;
  readonly scenario: string;
}

describe.skipIf(!isServicesUp)('4 processes of one app', () => {
  let results: readonly Result[] = [];

  /** The benchmark, as numbers: real processes of the built packages, one after the other on each store. */
  beforeAll(async () => {
    const words = ['--json', '--quick', 'redis', 'postgres'];
    const { stdout } = await run(process.execPath, [bench, ...words]).catch(
      (error: { stdout: string; stderr: string }) => {
        if (error.stdout === '') throw new Error(error.stderr);
        return error;
      },
    );
    results = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }, 120_000);

  const resultOf = (store: string, scenario: string) =>
    results.find((result) => result.store === store && result.scenario === scenario);

  describe.each(['redis', 'postgres'])('over %s', (store) => {
    test('keep to the site’s limit together', () => {
      expect(resultOf(store, 'rate')).toMatchObject({ calls: 160, answered: 160, ok: true });
    });

    test('all wait when one has spent the quota', () => {
      expect(resultOf(store, 'quota')).toMatchObject({ answered: 27, refused: 1, ok: true });
    });
  });
});
