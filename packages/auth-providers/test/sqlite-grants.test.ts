import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type GrantStorage, Secret, systemClock } from '@tributary/pipeline';
import { fakeClock } from '@tributary/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { GrantStoreError } from '../src/grants/grant-store-error.js';
import {
  encryption,
  generateEncryptionKey,
  type SqliteGrantsOptions,
  sqliteGrants,
} from '../src/grants/sqlite/index.js';
import { openSqliteTable } from '../src/grants/sqlite/sqlite-grants.js';
import { privateFolder } from './support/private-folder.js';
import { processCases } from './support/process-cases.js';
import { storeContract } from './support/store-contract.js';

const secretKey = generateEncryptionKey();
const codec = encryption({ key: secretKey });
const key = { issuer: 'https://auth.example', clientId: 'client', accountId: 'ada' };
const link = { issuer: 'https://auth.example', clientId: 'client', userId: 'u' };

const grant = {
  accessToken: new Secret('canary-access?>token'),
  refreshToken: new Secret('canary-refresh?>token'),
  scopes: ['read:me'],
  expiresAt: 2,
  obtainedAt: 1,
  grantedAt: 1,
  sites: [],
};

const folder = await privateFolder();
afterAll(() => folder[Symbol.asyncDispose]());
let files = 0;
const newPath = (): string => {
  files += 1;
  return join(folder.path, `${files}`, 'grants.db');
};

const open = (path: string, options: Partial<SqliteGrantsOptions> = {}): GrantStorage =>
  sqliteGrants({ path, encryption: codec, ...options });

const write = (storage: GrantStorage) =>
  storage.grants.exclusive(key, async () => ({ write: grant }));

const failure = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    return await work;
  } catch (error) {
    return error;
  }
};

storeContract({
  place: newPath,
  table: (path) => openSqliteTable({ path }),
  storage: (path) => open(path),
});

processCases({
  store: 'sqlite',
  settings: () => ({ path: newPath(), key: secretKey }),
  open: ({ path, ...options }) => open(String(path), options),
});

describe('what is stored', () => {
  test('outlives the store', async () => {
    const path = newPath();
    const first = open(path);
    await write(first);
    await first.links.write(link, 'ada');
    await first.dispose();
    await first.dispose();
    const second = open(path);
    expect(await second.grants.read(key)).toEqual(grant);
    expect(await second.links.read(link)).toBe('ada');
    await second.dispose();
  });

  test('shows no secret in any file, however encoded', async () => {
    const path = newPath();
    const storage = open(path);
    await write(storage);
    await storage.links.write(link, 'canary-account?>id');
    const folderPath = join(path, '..');
    const names = await readdir(folderPath);
    expect(names.sort()).toEqual(['grants.db', 'grants.db-shm', 'grants.db-wal']);
    const contents = await Promise.all(names.map((name) => readFile(join(folderPath, name))));
    const all = Buffer.concat(contents).toString('latin1');
    await storage.dispose();
    for (const canary of ['canary-access?>token', 'canary-refresh?>token', 'canary-account?>id']) {
      const encodings = [canary, encodeURIComponent(canary)];
      for (const offset of [0, 1, 2]) {
        // Cut to what does not depend on the neighbours.
        const base64 = Buffer.from(`${'x'.repeat(offset)}${canary}`).toString('base64');
        const part = base64.slice(offset === 0 ? 0 : 4, -4);
        encodings.push(part, part.replaceAll('+', '-').replaceAll('/', '_'));
      }
      for (const encoded of encodings) expect(all).not.toContain(encoded);
    }
    // The search can find: ids are not secret.
    expect(all).toContain('grant/https=3A=2F=2Fauth.example/client/ada');
  });
});

describe('several connections', () => {
  test('wait for each other, and let the process go on meanwhile', async () => {
    const path = newPath();
    const storage = open(path);
    await write(storage);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    let isDone = false;
    const work = write(storage).then(() => {
      isDone = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(isDone).toBe(false);
    expect(await storage.grants.read(key)).toEqual(grant);
    other.exec('ROLLBACK');
    other.close();
    await work;
    await storage.dispose();
  });

  test('that keep the file locked for too long are an error', async () => {
    const path = newPath();
    // A second lasts 10 ms.
    const clock = { ...systemClock, monotonic: () => 100 * performance.now() };
    const storage = open(path, { clock });
    await write(storage);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const error = failure(storage.grants.delete(key));
    expect(await error).toBeInstanceOf(GrantStoreError);
    expect(await error).toMatchObject({ code: 'GRANT_STORE_FAILED', retryable: true });
    expect(String(await error)).toMatch(/locked by another process for too long/);
    other.close();
    await storage.dispose();
  });

  test('a lease from before the clock was set back blocks nobody', async () => {
    const path = newPath();
    const ahead = openSqliteTable({ path, clock: fakeClock({ now: Date.UTC(2031, 0, 1) }) });
    await ahead.acquire('grant/a', 'one', 60_000);
    const back = openSqliteTable({ path, clock: fakeClock({ now: Date.UTC(2030, 0, 1) }) });
    expect(await back.acquire('grant/a', 'two', 60_000)).toEqual({ isHeld: true });
    await ahead.close();
    await back.close();
  });

  test('a file from before leases told their length is brought up to date, once', async () => {
    const path = newPath();
    const before = openSqliteTable({ path });
    await before.acquire('grant/a', 'one', 60_000);
    await before.close();
    const database = new DatabaseSync(path);
    database.exec('ALTER TABLE leases DROP COLUMN lease_ms');
    database.close();
    const [one, other] = [openSqliteTable({ path }), openSqliteTable({ path })];
    const asked = [one.acquire('grant/b', '1', 60_000), other.acquire('grant/b', '2', 50)];
    expect((await Promise.all(asked)).filter(({ isHeld }) => isHeld)).toHaveLength(1);
    expect((await other.acquire('grant/a', 'two', 60_000)).isHeld).toBe(false);
    await one.close();
    await other.close();
  });
});
