import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { GrantStorage } from '@tributary/pipeline';
import { Pool } from 'pg';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { GrantUnreadableError } from '../src/grants/grant-unreadable-error.js';
import { postgresGrants } from '../src/grants/postgres/index.js';
import { redisGrants } from '../src/grants/redis/index.js';
import {
  encryption,
  generateEncryptionKey,
  type RowCodec,
  sqliteGrants,
} from '../src/grants/sqlite/index.js';
import { privateFolder } from './support/private-folder.js';
import { runningServices } from './support/running-services.js';

const codec = encryption({ key: generateEncryptionKey() });
const HOUR_MS = 3_600_000;
const [ID, VALUE] = ['canary-id-of-a-consent', 'canary-value?>of-a-consent'];

/** What its administrator sees of one place in a database. */
interface Place {
  readonly open: (codec: RowCodec) => GrantStorage;
  readonly rows: () => Promise<readonly (readonly [id: string, value: string])[]>;
  readonly overwrite: (id: string, value: string) => Promise<unknown>;
}

const casesOf = (newPlace: () => Place): void => {
  const withStore = async (work: (storage: GrantStorage, place: Place) => Promise<void>) => {
    const place = newPlace();
    const storage = place.open(codec);
    await work(storage, place);
    await storage.dispose();
  };

  test('neither ids nor values can be read', () =>
    withStore(async ({ pending }, { rows }) => {
      await pending.write(ID, VALUE, HOUR_MS);
      const all = JSON.stringify(await rows());
      // A JWE of direct encryption: header, no key, nonce, text, tag (RFC 7516, section 7.1).
      expect(all).toMatch(/pending\/[0-9a-f]{64}.*[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+/);
      for (const canary of [ID, VALUE]) {
        expect(all).not.toContain(canary);
        expect(all).not.toContain(Buffer.from(canary).toString('hex'));
        for (const offset of ['', 'x', 'xx']) {
          const base64 = Buffer.from(offset + canary).toString('base64url');
          expect(all).not.toContain(base64.slice(4, -4));
        }
      }
    }));

  test('rows that were exchanged open for nobody', () =>
    withStore(async ({ pending }, { rows, overwrite }) => {
      await pending.write('ann', 'of ann', HOUR_MS);
      const [[ann = ''] = []] = await rows();
      await pending.write('bob', 'of bob', HOUR_MS);
      const [, stolen = ''] = (await rows()).find(([id]) => id !== ann) ?? [];
      await overwrite(ann, stolen);
      for (const open of [pending.read, pending.take]) {
        await expect(open('ann')).rejects.toThrow(GrantUnreadableError);
      }
      expect(await pending.take('ann')).toBeUndefined();
      expect(await pending.take('bob')).toBe('of bob');
    }));

  test('another key opens nothing', () =>
    withStore(async ({ pending }, { open }) => {
      await pending.write(ID, VALUE, HOUR_MS);
      const other = open(encryption({ key: generateEncryptionKey() }));
      await expect(other.pending.read(ID)).rejects.toThrow(GrantUnreadableError);
      expect(await pending.read(ID)).toBe(VALUE);
      await other.dispose();
    }));

  test('nothing stays behind after its time', () =>
    withStore(async ({ pending }, { open, rows }) => {
      const ids = Array.from({ length: 20 }, (_, index) => `${index}`);
      await Promise.all(ids.map((id) => pending.write(id, VALUE, HOUR_MS)));
      expect(await rows()).toHaveLength(20);
      // A handle that waits for an hour looks every ten seconds; this one as soon as its own have ended.
      const other = open(codec);
      await Promise.all(ids.map((id) => other.pending.write(id, VALUE, 300)));
      await vi.waitFor(async () => expect(await rows()).toEqual([]), { timeout: 20_000 });
      await other.dispose();
    }));
};

describe('SQLite', async () => {
  const folder = await privateFolder();
  afterAll(() => folder[Symbol.asyncDispose]());

  const at = (path: string): Place => {
    const using = <T>(work: (database: DatabaseSync) => T): T => {
      const database = new DatabaseSync(path);
      const result = work(database);
      database.close();
      return result;
    };
    return {
      open: (sealing) => sqliteGrants({ path, encryption: sealing }),
      rows: async () =>
        using((database) =>
          database
            .prepare('SELECT id, value FROM pending')
            .all()
            .map(({ id, value }) => [String(id), String(value)] as const),
        ),
      overwrite: async (id, value) =>
        using((database) =>
          database.prepare('UPDATE pending SET value = ? WHERE id = ?').run(value, id),
        ),
    };
  };
  const newPath = () => join(folder.path, randomUUID(), 'grants.db');
  casesOf(() => at(newPath()));

  test('no file shows an id or a value', async () => {
    const path = newPath();
    const storage = at(path).open(codec);
    await storage.pending.write(ID, VALUE, HOUR_MS);
    await storage.pending.write('taken', VALUE, HOUR_MS);
    await storage.pending.take('taken');
    const names = await readdir(join(path, '..'));
    const files = await Promise.all(names.map((name) => readFile(join(path, '..', name))));
    const all = Buffer.concat(files).toString('latin1');
    await storage.dispose();
    expect(all).toContain('pending/');
    for (const canary of [ID, VALUE]) expect(all).not.toContain(canary);
  });

  test('a file from before there were pending records is brought up to date', async () => {
    const path = newPath();
    const link = { issuer: 'i', clientId: 'c', userId: 'u' };
    const before = at(path).open(codec);
    await before.links.write(link, 'ada');
    await before.dispose();
    const database = new DatabaseSync(path);
    database.exec('DROP TABLE pending');
    database.close();
    const [one, other] = [at(path).open(codec), at(path).open(codec)];
    await Promise.all([one, other].map(({ pending }, at) => pending.write(`${at}`, 'x', HOUR_MS)));
    expect(await one?.pending.take('1')).toBe('x');
    expect(await other?.links.read(link)).toBe('ada');
    await one?.dispose();
    await other?.dispose();
  });
});

describe.skipIf(runningServices === undefined)('Redis', () => {
  const url = runningServices?.redis.url ?? '';
  const client = createClient({ url });
  beforeAll(() => client.connect().then(() => {}));
  afterAll(() => client.close());

  casesOf(() => {
    const prefix = `test:${randomUUID()}:`;
    const idOf = (key: string) => key.slice(prefix.length + 1, -'}:pending'.length);
    return {
      open: (sealing) => redisGrants({ url, prefix, encryption: sealing }),
      async rows() {
        const keys = await client.keys(`${prefix}*`);
        return Promise.all(
          keys.map(async (key) => [idOf(key), (await client.get(key)) ?? ''] as const),
        );
      },
      overwrite: (id, value) => client.set(`${prefix}{${id}}:pending`, value),
    };
  });
});

describe.skipIf(runningServices === undefined)('PostgreSQL', () => {
  const connectionString = runningServices?.postgres.url ?? '';
  let pool: Pool;
  beforeAll(() => {
    pool = new Pool({ connectionString, max: 2 });
  });
  afterAll(() => pool?.end());

  const at = (table: string): Place => ({
    open: (sealing) => postgresGrants({ pool, table, encryption: sealing }),
    rows: async () =>
      (await pool.query(`select id, value from ${table}_pending`)).rows.map(
        ({ id, value }) => [id, value] as const,
      ),
    overwrite: (id, value) =>
      pool.query(`update ${table}_pending set value = $2 where id = $1`, [id, value]),
  });
  const newTable = () => `t_${randomUUID().replaceAll('-', '_')}`;
  casesOf(() => at(newTable()));

  test('the longest name of a table leaves room for the others', async () => {
    const storage = at(newTable().padEnd(50, 'x')).open(codec);
    await storage.pending.write('a', 'x', HOUR_MS);
    expect(await storage.pending.take('a')).toBe('x');
    await storage.dispose();
  });

  test('tables from before there were pending records are brought up to date', async () => {
    const table = newTable();
    const link = { issuer: 'i', clientId: 'c', userId: 'u' };
    const before = at(table).open(codec);
    await before.links.write(link, 'ada');
    await before.dispose();
    await pool.query(`drop table ${table}_pending`);
    const after = at(table).open(codec);
    await after.pending.write('a', 'x', HOUR_MS);
    expect(await after.pending.take('a')).toBe('x');
    expect(await after.links.read(link)).toBe('ada');
    await after.dispose();
  });

  test('a sweep goes past what another process holds', async () => {
    const table = newTable();
    const storage = at(table).open(codec);
    await storage.pending.write('a', 'x', 1);
    await storage.pending.write('b', 'x', 1);
    const holder = await pool.connect();
    await holder.query('begin');
    await holder.query(`select 1 from ${table}_pending limit 1 for update`);
    const next = at(table).open(codec);
    await next.pending.read('c');
    const { rows } = await holder.query(`select id from ${table}_pending`);
    expect(rows).toHaveLength(1);
    await holder.query('rollback');
    holder.release();
    await next.dispose();
    await storage.dispose();
  });
});
