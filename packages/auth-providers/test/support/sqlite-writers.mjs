// @ts-check
/**
 * Writes grants without end, to be killed: the databases are dealt out to the threads. Beside each is
 * noted the number of every write that is known to be done.
 * Told as JSON: `{ folder, threads, databases, key, leaseMs }`.
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { encryption, sqliteGrants } from '@tributary/auth-providers/sqlite';
import { Secret } from '@tributary/pipeline';

const grantOf = (/** @type {number} */ count) => ({
  accessToken: new Secret(`canary-access-${count}-`.padEnd(6_000, 'x')),
  refreshToken: new Secret(`canary-refresh-${count}`),
  scopes: [],
  expiresAt: count,
  obtainedAt: 0,
  grantedAt: 0,
  sites: [],
});

const startWriters = async () => {
  const settings = JSON.parse(process.argv[2] ?? '');
  const started = Array.from({ length: settings.threads }, (_, thread) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { ...settings, thread } });
    return new Promise((resolve) => worker.once('message', resolve));
  });
  await Promise.all(started);
  process.send?.('writing');
};

const openWriter = (/** @type {number} */ index) => {
  const { folder, key, leaseMs } = workerData;
  const path = join(folder, `${index}`, 'grants.db');
  const log = openSync(join(folder, `${index}.log`), 'a');
  const { grants } = sqliteGrants({ path, encryption: encryption({ key }), leaseMs });
  const id = { issuer: 'https://auth.example', clientId: 'client', accountId: 'ada' };
  return async () => {
    const stored = await grants.exclusive(id, async (grant) => ({
      write: grantOf((grant?.expiresAt ?? 0) + 1),
    }));
    writeSync(log, `${stored?.expiresAt}\n`);
  };
};

const write = async () => {
  const { threads, databases, thread } = workerData;
  const writers = [];
  for (let index = thread; index < databases; index += threads) writers.push(openWriter(index));
  await Promise.all(writers.map((writeOnce) => writeOnce()));
  parentPort?.postMessage('written');
  await Promise.all(
    writers.map(async (writeOnce) => {
      for (;;) await writeOnce();
    }),
  );
};

await (isMainThread ? startWriters() : write());
