import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isServicesUp } from './services.js';

const run = promisify(execFile);
const bench = fileURLToPath(
  new URL('../bench/refresh-storm/refresh-storm.bench.mjs', import.meta.url),
);

/** The benchmark, as numbers; it runs the built packages in processes of their own. */
const storm = async (...words: string[]): Promise<Record<string, unknown>> => {
  const { stdout } = await run(process.execPath, [bench, '--json', ...words]).catch(
    (error: { stdout: string; stderr: string }) => {
      if (error.stdout === '') throw new Error(error.stderr);
      return error;
    },
  );
  return JSON.parse(stdout);
};

const canRun = (store: string): boolean => store === 'sqlite' || isServicesUp;

describe('1,000 callers in 4 processes', () => {
  for (const store of ['sqlite', 'redis', 'postgres']) {
    test.skipIf(!canRun(store))(`${store}: one refresh answers all`, async () => {
      expect(await storm(store, 'unannounced')).toMatchObject({
        refreshes: 1,
        calls: 1_000,
        answered: 1_000,
        isFamilyAlive: true,
        ok: true,
      });
    });
  }

  // The rule is the engine's, and two stores stand for all; the benchmark kills on each of them.
  for (const store of ['sqlite', 'postgres']) {
    test.skipIf(!canRun(store))(`${store}: a killed refresh costs the others a lease`, async () => {
      expect(await storm(store, 'killed')).toMatchObject({
        refreshes: 2,
        calls: 750,
        answered: 750,
        isFamilyAlive: true,
        ok: true,
      });
    });
  }
});
