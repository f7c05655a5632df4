/**
 * packages/transport/test/faults.test.ts with 20,000 calls: through a proxy that cuts, delays, corrupts
 * and answers 5xx, over both terminals, no wrong answer, no call lost without an error, no POST carried
 * out twice, no socket left. TRIBUTARY_FAULT_SEED=n for another run.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');

const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', 'test/faults.test.ts', '--project=transport', '--disable-console-intercept=true'],
  { cwd: root, stdio: 'inherit', env: { TRIBUTARY_FAULT_CALLS: '20000', ...process.env } },
);
process.exitCode = status ?? 1;
