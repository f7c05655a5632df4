/**
 * Hundreds of people at once through the whole consent of one web app: is somebody lost, does somebody
 * get another's answer, and what is left when it has all expired? `--users`, `--at-once` and `--waves`
 * change how many; `--json` prints the result as one line.
 */

import { parseArgs } from 'node:util';
import { quantile } from '../median.mjs';
import { openLoad } from './load.mjs';

const { values } = parseArgs({
  options: {
    users: { type: 'string', default: '500' },
    'at-once': { type: 'string', default: '50' },
    waves: { type: 'string', default: '4' },
    json: { type: 'boolean', default: false },
  },
});
const [users, atOnce, count] = [values.users, values['at-once'], values.waves].map(Number);

/** What a heap may grow by from the second wave on: noise of the collector, not of the people. */
const FLAT_BYTES = 2 * 2 ** 20;

await using load = await openLoad();
const waves = [];
for (let index = 0; index < count; index += 1) {
  const { ms, ...wave } = await load.wave(users, atOnce);
  waves.push({
    ...wave,
    p50: quantile(ms, 0.5),
    p99: quantile(ms, 0.99),
    after: await load.expire(),
  });
}

const heaps = waves.map(({ after }) => after.heapUsed);
const growth = heaps.length < 3 ? 0 : heaps.at(-1) - heaps[1];
const isGood = waves.every(
  ({ errors, own, after }) =>
    errors.length === 0 && own === users && after.pending === 0 && after.leases === 0,
);
const ok = isGood && growth <= FLAT_BYTES;
if (!ok) process.exitCode = 1;

if (values.json) {
  console.log(JSON.stringify({ users, atOnce, waves, growth, ok }));
} else {
  console.log(`consent: ${users} people, ${atOnce} at a time, node ${process.version}\n`);
  const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);
  const head = [
    'errors',
    'own answer',
    'walks/s',
    'p50 ms',
    'p99 ms',
    'CPU ms',
    'pending',
    'after',
    'heap MiB',
  ];
  const row = (cells) => cells.map((cell) => String(cell).padEnd(12)).join('');
  console.log(row(head));
  for (const { errors, own, perSecond, p50, p99, cpuMs, pending, after } of waves) {
    const figures = [
      perSecond.toFixed(1),
      p50.toFixed(0),
      p99.toFixed(0),
      cpuMs.toFixed(1),
      pending,
      after.pending,
    ];
    console.log(row([errors.length, own, ...figures, mib(after.heapUsed)]));
    for (const error of new Set(errors)) console.log(`  ${error}`);
  }
  console.log(`\nheap from the second wave to the last: ${mib(growth)} MiB`);
}
