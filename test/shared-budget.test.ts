import { beforeAll, describe, expect, test } from 'vitest';
import { runBench } from './run-bench.js';
import { isServicesUp } from './services.js';

interface Result {
  readonly store: string;
  readonly scenario: string;
}

describe.skipIf(!isServicesUp)('4 processes of one app', () => {
  let results: readonly Result[] = [];

  /** The benchmark, as numbers: real processes of the built packages, one after the other on each store. */
  beforeAll(async () => {
    results = await runBench('shared-budget', '--quick', 'redis', 'postgres');
  }, 120_000);

  const resultOf = (store: string, scenario: string) =>
    results.find((result) => result.store === store && result.scenario === scenario);

  describe.each(['redis', 'postgres'])('over %s', (store) => {
    test('keep to the site’s limit together', () => {
      expect(resultOf(store, 'rate')).toMatchObject({ calls: 160, answered: 160, ok: true });
    });

    test('all wait when one has spent the quota', () => {
      expect(resultOf(store, 'quota')).toMatchObject({ answered: 207, refused: 0, ok: true });
    });
  });
});
