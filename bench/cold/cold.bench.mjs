/**
 * How long a process that has done nothing yet takes until each client is imported and built, and until it
 * has its first answer. One process for each measurement, in interleaved rounds.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { median } from '../median.mjs';
import { printHead, printRow } from '../table.mjs';
import { OURS, PEER, SUBJECTS } from './subjects.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 15);
/** The import of ours, in those of its peer's. */
const MOST = 1.5;

const server = fork(new URL('../whole-call/server.mjs', import.meta.url));
const [port] = await once(server, 'message');
const origin = `http://127.0.0.1:${port}`;

// Where they find what they import.
const folder = join(import.meta.dirname, '.subjects');
mkdirSync(folder, { recursive: true });
const modules = Object.entries(SUBJECTS).map(([name, code], i) => {
  const file = join(folder, `${i}.mjs`);
  writeFileSync(file, code);
  return { name, url: pathToFileURL(file).href, runs: [] };
});

const measure = async ({ url, runs }) => {
  const child = fork(new URL('./start.mjs', import.meta.url), [url, origin], { execArgv: [] });
  const [[result]] = await Promise.all([once(child, 'message'), once(child, 'exit')]);
  runs.push(result);
};

// The first round fills the system's caches.
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const each of modules) await measure(each);
}
rmSync(folder, { recursive: true });
server.disconnect();

const of = ({ runs }, field) => median(runs.slice(1).map((run) => run[field]));
const peer = modules.find(({ name }) => name === PEER);
/** By rounds, since what else the machine does changes between them. */
const timesPeer = ({ runs }, field) =>
  median(runs.slice(1).map((run, round) => run[field] / peer.runs[round + 1][field]));

console.log(`medians of ${ROUNDS} interleaved rounds, node ${process.version}\n`);
printHead(['client', 'import ms', `× ${PEER}`, 'first answer ms', `× ${PEER}`]);
for (const each of modules) {
  const cells = ['imported', 'answered'].flatMap((field) => {
    const ms = of(each, field);
    return ms === undefined ? ['–', '–'] : [ms.toFixed(1), timesPeer(each, field).toFixed(2)];
  });
  printRow([each.name, ...cells]);
}

const ours = modules.find(({ name }) => name === OURS);
const isKept = timesPeer(ours, 'imported') <= MOST;
console.log(`\nbudget: import of ${OURS} ≤ ${MOST} × ${PEER}: ${isKept ? 'kept' : 'EXCEEDED'}`);
if (!isKept) process.exitCode = 1;
