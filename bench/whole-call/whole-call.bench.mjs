/**
 * What a whole `asApp().requestConfluence()` costs, its JSON read, over both terminals and beside other
 * clients: CPU of this process per request (the server has its own), bytes allocated, requests a second
 * and latency at 1, 32 and 256 requests at a time.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { getHeapStatistics } from 'node:v8';
import { median, quantile } from '../median.mjs';
import { printHead, printRow } from '../table.mjs';
import { BASELINE, openClients } from './clients.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 7);
const CELL_MS = Number(process.env.CELL_MS ?? 320);
const CONCURRENCY = [1, 32, 256];
/** Where CPU and allocations are compared: neither idle waits nor queues weigh in. */
const COMPARED_AT = 32;
const BUDGETS = { 'tributary, undici terminal': 0.42, 'tributary, ky terminal': 0.8 };

const server = fork(new URL('./server.mjs', import.meta.url));
const [port] = await once(server, 'message');
const clients = openClients(`http://127.0.0.1:${port}`);

const only = process.env.ONLY?.split(';');
const names = Object.keys(clients).filter((name) => only === undefined || only.includes(name));

let id = 0;

/** Keeps `concurrency` requests under way for a while. */
const run = async ({ send }, concurrency, ms) => {
  const latencies = [];
  const end = performance.now() + ms;
  const loop = async () => {
    while (performance.now() < end) {
      id += 1;
      const began = performance.now();
      const { status } = await send(100_000 + (id & 8191));
      if (status !== 'current') throw new Error('a wrong answer');
      latencies.push(performance.now() - began);
    }
  };
  const allocatedBefore = getHeapStatistics().total_allocated_bytes ?? Number.NaN;
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  await Promise.all(Array.from({ length: concurrency }, loop));
  const wall = performance.now() - began;
  const cpu = process.cpuUsage(cpuBefore);
  const allocated = (getHeapStatistics().total_allocated_bytes ?? Number.NaN) - allocatedBefore;
  const count = latencies.length;
  return {
    cpu: (cpu.user + cpu.system) / count,
    bytes: allocated / count,
    rate: (count / wall) * 1000,
    latencies,
  };
};

const results = Object.fromEntries(
  names.map((name) => [name, Object.fromEntries(CONCURRENCY.map((at) => [at, []]))]),
);

// Each is warm before any is measured; then interleaved, so that a slow moment hits all of them.
for (const name of names) {
  for (const at of CONCURRENCY) await run(clients[name], at, CELL_MS / 2);
}
for (let round = 0; round < ROUNDS; round += 1) {
  for (const name of names) {
    for (const at of CONCURRENCY) results[name][at].push(await run(clients[name], at, CELL_MS));
  }
}

const ms = (value) => value.toFixed(value < 10 ? 2 : 1);

const rows = names.map((name) => {
  const compared = results[name][COMPARED_AT];
  const ratios = compared.map(({ cpu }, i) => cpu / results[BASELINE][COMPARED_AT][i].cpu);
  const row = {
    client: name,
    'CPU ×': median(ratios).toFixed(2),
    µs: median(compared.map(({ cpu }) => cpu)).toFixed(0),
    KiB: (median(compared.map(({ bytes }) => bytes)) / 1024).toFixed(1),
  };
  for (const at of CONCURRENCY) {
    const latencies = results[name][at].flatMap((cell) => cell.latencies);
    row[`req/s @${at}`] = median(results[name][at].map(({ rate }) => rate)).toFixed(0);
    row[`p50/p99 ms @${at}`] = `${ms(quantile(latencies, 0.5))} / ${ms(quantile(latencies, 0.99))}`;
  }
  return row;
});

console.log(
  `medians of ${ROUNDS} interleaved rounds; CPU × ${BASELINE}, at ${COMPARED_AT} at a time\n`,
);
const columns = Object.keys(rows[0]);
printHead(columns);
for (const row of rows) printRow(columns.map((column) => row[column]));

for (const [name, budget] of Object.entries(BUDGETS)) {
  const row = rows.find(({ client }) => client === name);
  if (row === undefined) continue;
  const isKept = Number(row['CPU ×']) <= budget;
  console.log(
    `\nbudget of ${name}: ${budget} × the CPU of ${BASELINE}: ${isKept ? 'kept' : 'EXCEEDED'}`,
  );
  if (!isKept) process.exitCode = 1;
}

for (const name of Reflect.ownKeys(clients)) await clients[name].close();
server.disconnect();
