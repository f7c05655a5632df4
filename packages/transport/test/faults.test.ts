import { expect, test } from 'vitest';
import { budget, kyTerminal, retry } from '../src/index.js';
import { ALL_FAULTS, faultRun } from './support/fault-run.js';

const CALLS = 3000;

/** bench/faults makes 20,000 calls. */
test('a network that cuts, delays, corrupts and answers 5xx: no wrong answer, nothing lost', async () => {
  const { answered, failed, wrong, faults, sockets } = await faultRun({
    retry: retry({ baseDelay: 5, maxDelay: 50 }),
    budget: budget(),
    transport: kyTerminal(),
    calls: CALLS,
    seed: 20261124,
    open: 100,
  });
  expect(Object.keys(faults)).toEqual(expect.arrayContaining([...ALL_FAULTS]));
  expect(wrong).toEqual([]);
  const failures = Object.values(failed).reduce((sum, count) => sum + count, 0);
  expect(answered + failures).toBe(CALLS);
  // Most of what failed can be tried again.
  expect(answered / CALLS).toBeGreaterThan(0.9);
  // No TimeoutError: nothing hung. No error of the runtime's: bodies that end early say so.
  for (const name of Object.keys(failed)) {
    expect(['429', '502', '503', '504', 'NETWORK_FAILED']).toContain(name);
  }
  expect(sockets.most).toBeLessThanOrEqual(100);
  expect(sockets.left).toBe(0);
}, 60_000);
