import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { revealSecret } from '@tributary/pipeline';
import { afterAll, expect, test } from 'vitest';
import { encryption, generateEncryptionKey, sqliteGrants } from '../src/grants/sqlite/index.js';
import { privateFolder } from './support/private-folder.js';

/**
 * A child writes with several threads, each into some databases in turn, so that one kill meets many
 * writers, each at a point of its own: to start a process costs more than to write.
 */
const THREADS = 5;
const DATABASES = 4 * THREADS;
const KILLS = 10;
const LEASE_MS = 50;
/** A writer's rounds take about 2 ms each. */
const LONGEST_LIFE_MS = 60;

const key = { issuer: 'https://auth.example', clientId: 'client', accountId: 'ada' };
const secretKey = generateEncryptionKey();
const codec = encryption({ key: secretKey });

const folder = await privateFolder();
afterAll(() => folder[Symbol.asyncDispose]());

const databaseOf = (index: number) => join(folder.path, `${index}`, 'grants.db');

const killInTheMiddle = async (): Promise<void> => {
  const settings = {
    ...{ folder: folder.path, threads: THREADS, databases: DATABASES },
    ...{ key: secretKey, leaseMs: LEASE_MS },
  };
  const child: ChildProcess = fork(
    fileURLToPath(new URL('./support/sqlite-writers.mjs', import.meta.url)),
    [JSON.stringify(settings)],
    { execArgv: [] },
  );
  // Every database was written once.
  await once(child, 'message');
  await wait(Math.random() * LONGEST_LIFE_MS);
  child.kill('SIGKILL');
  await once(child, 'exit');
};

/** What the writer knew to be written when it was killed. */
const confirmedFor = async (index: number): Promise<number> =>
  Number((await readFile(join(folder.path, `${index}.log`), 'utf8')).trim().split('\n').at(-1));

const check = async (index: number): Promise<number> => {
  const path = databaseOf(index);
  const storage = sqliteGrants({ path, encryption: codec, leaseMs: LEASE_MS });
  const grant = await storage.grants.read(key);
  const confirmed = await confirmedFor(index);
  const found = Number(grant?.expiresAt);
  expect([confirmed, confirmed + 1]).toContain(found);
  // Whole: every part is of the same write.
  expect(grant && revealSecret(grant.accessToken)).toBe(
    `canary-access-${found}-`.padEnd(6_000, 'x'),
  );
  expect(grant?.refreshToken && revealSecret(grant.refreshToken)).toBe(`canary-refresh-${found}`);
  await storage.dispose();
  const database = new DatabaseSync(path);
  expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  database.close();
  return found - confirmed;
};

test(`kill -9 at ${KILLS * DATABASES} points of writing leaves the old grant or the new one, whole`, async () => {
  const outcomes: number[] = [];
  for (let kill = 0; kill < KILLS; kill += 1) {
    await killInTheMiddle();
    outcomes.push(
      ...(await Promise.all(Array.from({ length: DATABASES }, (_, index) => check(index)))),
    );
  }
  expect(outcomes).toHaveLength(KILLS * DATABASES);
  const ahead = outcomes.filter((lead) => lead === 1).length;
  console.log(`${outcomes.length} points; at ${ahead} the write was done and not yet confirmed.`);
  // And the leases that the dead left behind block nobody, as one of the default length would.
  const storage = sqliteGrants({ path: databaseOf(0), encryption: codec, leaseMs: LEASE_MS });
  const started = performance.now();
  await storage.grants.exclusive(key, async () => 'delete');
  expect(performance.now() - started).toBeLessThan(20_000);
  await storage.dispose();
});
