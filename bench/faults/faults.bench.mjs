/**
 * 20,000 calls through a proxy that cuts, delays, corrupts and answers 5xx, over both terminals: no
 * wrong answer, no call lost without an error, no POST carried out twice, no socket left. The suite runs
 * a shorter one. TRIBUTARY_FAULT_SEED=n for another run.
 */
import { budget, kyTerminal, retry } from '@tributary/transport';
import { undiciTerminal } from '@tributary/transport/undici';
import { faultRun } from '../../packages/transport/test/support/fault-run.ts';

const CALLS = 20_000;
const seed = Number(process.env.TRIBUTARY_FAULT_SEED ?? 1);

for (const [name, transport] of [
  ['ky', kyTerminal()],
  ['undici', undiciTerminal()],
]) {
  const started = performance.now();
  const { answered, failed, wrong, faults, sockets } = await faultRun({
    retry: retry({ baseDelay: 5, maxDelay: 50 }),
    budget: budget(),
    transport,
    calls: CALLS,
    seed,
    open: 100,
  });
  const failures = Object.values(failed).reduce((sum, count) => sum + count, 0);
  const { none, ...done } = faults;
  const faulty = Object.values(done).reduce((sum, count) => sum + count, 0);
  console.log(
    `${name.padEnd(7)} ${CALLS} calls, ${none + faulty} requests, ${faulty} faults of ${Object.keys(done).length} kinds, ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
  console.log(`        answered ${answered}, failed ${JSON.stringify(failed)}`);
  console.log(`        sockets: ${sockets.most} at the most, ${sockets.left} left`);
  const lost = CALLS - answered - failures;
  console.log(`        wrong: ${wrong.length}, lost: ${lost}`);
  for (const sentence of wrong.slice(0, 10)) console.log(`        ${sentence}`);
  if (wrong.length > 0 || lost !== 0 || sockets.left > 0) process.exitCode = 1;
}
