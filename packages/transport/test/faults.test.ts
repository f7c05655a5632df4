import { expect, test } from 'vitest';
import { budget, kyTerminal, retry } from '../src/index.js';
import { undiciTerminal } from '../src/undici/index.js';
import { ALL_FAULTS, type FaultReport, faultRun } from './support/fault-run.js';

/** bench/faults asks for more. */
const CALLS = Number(process.env.TRIBUTARY_FAULT_CALLS ?? 2000);
const SEED = Number(process.env.TRIBUTARY_FAULT_SEED ?? 20_261_124);

const tell = (name: string, report: FaultReport, seconds: number): void => {
  const { answered, failed, wrong, faults, sockets } = report;
  const { none = 0, ...done } = faults;
  const faulty = Object.values(done).reduce((sum, count) => sum + count, 0);
  console.log(
    `${name}: ${CALLS} calls, ${none + faulty} requests, ${faulty} faults of ${Object.keys(done).length} kinds, ${seconds.toFixed(1)} s; answered ${answered}, failed ${JSON.stringify(failed)}; wrong ${wrong.length}; sockets ${sockets.most} at the most, ${sockets.left} left`,
  );
};

test.each([
  ['ky', kyTerminal],
  ['undici', undiciTerminal],
])(
  '%s over a network that cuts, delays, corrupts and answers 5xx: no wrong answer, nothing lost',
  async (name, terminal) => {
    const started = performance.now();
    const report = await faultRun({
      retry: retry({ baseDelay: 5, maxDelay: 50 }),
      budget: budget(),
      transport: terminal(),
      calls: CALLS,
      seed: SEED,
      open: 100,
    });
    const { answered, failed, wrong, faults, sockets } = report;
    if (process.env.TRIBUTARY_FAULT_CALLS !== undefined) {
      tell(name, report, (performance.now() - started) / 1000);
    }
    expect(Object.keys(faults)).toEqual(expect.arrayContaining([...ALL_FAULTS]));
    expect(wrong).toEqual([]);
    const failures = Object.values(failed).reduce((sum, count) => sum + count, 0);
    expect(answered + failures).toBe(CALLS);
    // Most of what failed can be tried again.
    expect(answered / CALLS).toBeGreaterThan(0.85);
    // No TimeoutError: nothing hung. No error of the runtime's: bodies that end early say so.
    for (const code of Object.keys(failed)) {
      expect(['429', '502', '503', '504', 'NETWORK_FAILED']).toContain(code);
    }
    expect(sockets.most).toBeLessThanOrEqual(100);
    expect(sockets.left).toBe(0);
  },
  600_000,
);
