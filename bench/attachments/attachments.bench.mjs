import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../median.mjs';

/**
 * How much memory a large attachment adds to a process, and what it costs, beside bare fetch. Each
 * transfer runs in a process of its own, whose peak is the system's own figure (maxRSS).
 */

const MIB = Number(process.env.BENCH_MIB ?? 1024);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7);
/** Of memory that one transfer adds to its process. */
const MOST_MIB = 64;

const size = MIB * 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
const file = join(folder, 'big.bin');
const handle = openSync(file, 'w');
const block = Buffer.alloc(1024 * 1024, 'x');
for (let i = 0; i < MIB; i += 1) writeSync(handle, block);

const server = fork(new URL('./server.mjs', import.meta.url));
const [port] = await once(server, 'message');

const cases = [
  'fetch-up',
  'file ky',
  'file undici',
  'stream ky',
  'stream undici',
  'fetch-down',
  'download ky',
  'download undici',
  'download-byob ky',
  'download-byob undici',
];
const found = new Map(cases.map((name) => [name, []]));

for (let round = 0; round < ROUNDS; round += 1) {
  for (const name of cases) {
    const args = [name, `http://127.0.0.1:${port}`, String(size), file];
    const child = fork(new URL('./client.mjs', import.meta.url), args, { execArgv: [] });
    const [[result], [code]] = await Promise.all([once(child, 'message'), once(child, 'exit')]);
    if (code !== 0) throw new Error(`${name} failed`);
    found.get(name).push(result);
  }
}
server.disconnect();
rmSync(folder, { recursive: true });

const of = (name, field) => median(found.get(name).map((result) => result[field]));

console.log(`${MIB} MiB, medians of ${ROUNDS} interleaved rounds\n`);
console.log('what                  added MiB   worst   MiB/s   CPU beside fetch');
for (const name of cases) {
  const peer = name.includes('down') ? 'fetch-down' : 'fetch-up';
  const worst = Math.max(...found.get(name).map(({ addedMiB }) => addedMiB));
  console.log(
    name.padEnd(21),
    of(name, 'addedMiB').toFixed(1).padStart(9),
    worst.toFixed(1).padStart(7),
    ((MIB * 1000) / of(name, 'ms')).toFixed(0).padStart(7),
    `${(of(name, 'cpuMs') / of(peer, 'cpuMs')).toFixed(2)} ×`.padStart(9),
  );
}

const isKept = cases.every((name) => name.startsWith('fetch') || of(name, 'addedMiB') <= MOST_MIB);
console.log(`\nbudget of ours: ${MOST_MIB} MiB added: ${isKept ? 'kept' : 'EXCEEDED'}`);
if (!isKept) process.exitCode = 1;
