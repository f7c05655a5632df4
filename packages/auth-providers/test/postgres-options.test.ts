import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { collectLogs } from '@tributary/testing';
import { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  encryption,
  generateEncryptionKey,
  type PostgresGrantsOptions,
  postgresGrants,
} from '../src/grants/postgres/index.js';
import { runningServices } from './support/running-services.js';

const connectionString = runningServices?.postgres.url ?? '';
const codec = encryption({ key: generateEncryptionKey() });
const link = { issuer: 'https://auth.example', clientId: 'client', userId: 'u' };
const newName = () => `t_${randomUUID().replaceAll('-', '_')}`;

const open = (options: Partial<PostgresGrantsOptions>) =>
  postgresGrants({ encryption: codec, table: newName(), ...options });

const LOCAL = 'postgres://127.0.0.1/db';

test.for([
  ['connectionString', {}],
  ['connectionString', { connectionString: LOCAL, pool: new Pool() }],
  ['connectionString', { connectionString: 'mysql://:hunter2@127.0.0.1/db' }],
  ['connectionString', { connectionString: 'host=127.0.0.1 password=hunter2' }],
  ['table', { connectionString: LOCAL, table: '' }],
  ['table', { connectionString: LOCAL, table: 'a"; drop table users; --' }],
  ['table', { connectionString: LOCAL, table: 'a'.repeat(51) }],
  ['schema', { connectionString: LOCAL, schema: 'a.b' }],
  ['leaseMs', { connectionString: LOCAL, leaseMs: -1 }],
] as const)('a wrong setting is named: %s in %o', ([field, options]) => {
  let thrown: unknown;
  try {
    open(options);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toMatchObject({ code: 'CONFIG_INVALID', field });
  expect(inspect(thrown)).not.toContain('hunter2');
});

describe.skipIf(runningServices === undefined)('with a server', () => {
  let pool: Pool;
  beforeAll(() => {
    pool = new Pool({ connectionString, max: 2 });
  });
  afterAll(() => pool?.end());

  test('a wrong password is told at once, and not shown', async () => {
    const wrong = new URL(connectionString);
    wrong.password = 'canary-password';
    const storage = open({ connectionString: wrong.href });
    const error = await storage.links.read(link).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'GRANT_STORE_FAILED', retryable: false });
    expect(inspect(error)).toContain('authentication failed');
    expect(inspect(error)).not.toContain('canary-password');
    await storage.dispose();
  });

  test("dispose leaves a pool that is its owner's", async () => {
    const storage = open({ pool });
    await storage.links.write(link, 'ada');
    expect(await storage.links.read(link)).toBe('ada');
    await storage.dispose();
    await expect(storage.links.read(link)).rejects.toMatchObject({ code: 'GRANT_STORE_FAILED' });
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  });

  test('processes that create the table at once all succeed', async () => {
    const table = newName();
    const storages = Array.from({ length: 12 }, () => open({ connectionString, table }));
    await Promise.all(storages.map(({ links }) => links.write(link, 'ada')));
    expect(await storages[0]?.links.read(link)).toBe('ada');
    await Promise.all(storages.map((storage) => storage.dispose()));
  });

  test('a role that may not create tables uses those that are there, in a schema with any case', async () => {
    const [schema, table, role] = [`S_${newName()}`, newName(), newName()];
    await pool.query(`create schema "${schema}"`);
    const owner = open({ pool, schema, table });
    await owner.links.write(link, 'ada');
    await pool.query(`
      create role "${role}" login password 'p';
      grant usage on schema "${schema}" to "${role}";
      grant select, insert, update, delete on all tables in schema "${schema}" to "${role}"`);
    const url = new URL(connectionString);
    [url.username, url.password] = [role, 'p'];
    const app = open({ connectionString: url.href, schema, table });
    expect(await app.links.read(link)).toBe('ada');
    const elsewhere = open({ connectionString: url.href, schema });
    await expect(elsewhere.links.read(link)).rejects.toMatchObject({
      retryable: false,
      message: expect.stringContaining('permission denied'),
    });
    for (const storage of [owner, app, elsewhere]) await storage.dispose();
  });

  test('no connection is held while a holder decides', async () => {
    const narrow = new Pool({ connectionString, max: 1 });
    const storage = open({ pool: narrow });
    const key = { issuer: 'i', clientId: 'c', accountId: 'a' };
    await storage.grants.exclusive(key, async () => {
      expect(narrow.idleCount).toBe(narrow.totalCount);
      expect(await storage.links.read(link)).toBeUndefined();
      const { rows } = await pool.query(
        `select count(*)::int as open from pg_stat_activity
         where datname = current_database() and state like 'idle in transaction%'`,
      );
      expect(rows).toEqual([{ open: 0 }]);
      return 'keep';
    });
    await storage.dispose();
    await narrow.end();
  });

  test('a server that may forget what it has confirmed is warned of, once', async () => {
    const url = new URL(connectionString);
    url.searchParams.set('options', '-c synchronous_commit=off');
    const logger = collectLogs();
    const storage = open({ connectionString: url.href, logger });
    await storage.links.read(link);
    await storage.links.read(link);
    const found = logger.entries.map(({ level, message }) => `${level}: ${message}`);
    expect(found).toEqual([expect.stringMatching(/^warn: .*synchronous_commit is off/)]);
    await storage.dispose();
  });
});
