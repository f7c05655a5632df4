import { beforeAll, describe, expect, test } from 'vitest';
import { runBench } from './run-bench.js';
import { isServicesUp } from './services.js';

const canRun = (store: string): boolean => store === 'sqlite' || isServicesUp;
const STORES = ['sqlite', 'redis', 'postgres'] as const;
// The rule is the engine's, and two stores stand for all; the benchmark kills on each of them.
const KILLED = ['sqlite', 'postgres'] as const;

interface Result {
  readonly store: string;
  readonly scenario: string;
}

let results: readonly Result[] = [];

/** The benchmark, as numbers: one run, whose processes of the built packages serve every storm. */
beforeAll(async () => {
  const words = [
    ...STORES.filter(canRun).map((store) => `${store}:unannounced`),
    ...KILLED.filter(canRun).map((store) => `${store}:killed`),
  ];
  results = await runBench('refresh-storm', ...words);
}, 180_000);

const resultOf = (store: string, scenario: string) =>
  results.find((result) => result.store === store && result.scenario === scenario);

describe('1,000 callers in 4 processes', () => {
  for (const store of STORES) {
    test.skipIf(!canRun(store))(`${store}: one refresh answers all`, () => {
      expect(resultOf(store, 'unannounced')).toMatchObject({
        refreshes: 1,
        calls: 1_000,
        answered: 1_000,
        isFamilyAlive: true,
        ok: true,
      });
    });
  }

  for (const store of KILLED) {
    test.skipIf(!canRun(store))(`${store}: a killed refresh costs the others a lease`, () => {
      expect(resultOf(store, 'killed')).toMatchObject({
        refreshes: 2,
        calls: 750,
        answered: 750,
        isFamilyAlive: true,
        ok: true,
      });
    });
  }
});
