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

describe.each(['sqlite', 'redis', 'postgres'])('1,000 callers in 4 processes, %s', (store) => {
  const needsServer = store !== 'sqlite';

  test.skipIf(needsServer && !isServicesUp)('one refresh answers all', async () => {
    expect(await storm(store, 'unannounced')).toMatchObject({
      refreshes: 1,
      calls: 1_000,
      answered: 1_000,
      isFamilyAlive: true,
      ok: true,
    });
  });

  test.skipIf(needsServer && !isServicesUp)(
    'a killed refresh costs the others at most its lease',
    async () => {
      expect(await storm(store, 'killed')).toMatchObject({
        refreshes: 2,
        calls: 750,
        answered: 750,
        isFamilyAlive: true,
        ok: true,
      });
    },
  );
});
