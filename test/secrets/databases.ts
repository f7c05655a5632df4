import { readFileSync } from 'node:fs';
import { open, readdir, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isServicesUp, servicesFile } from '../services.js';
import type { Shown } from './shown.js';

interface Redis {
  connect(): Promise<unknown>;
  close(): Promise<void>;
  sendCommand(words: readonly string[]): Promise<unknown>;
}

interface Postgres {
  connect(): Promise<unknown>;
  end(): Promise<void>;
  query(text: string, values?: readonly unknown[]): Promise<{ rows: { value: string }[] }>;
}

// The drivers that the stores themselves are given.
const load = createRequire(new URL('../../packages/auth-providers/package.json', import.meta.url));

const services = isServicesUp ? JSON.parse(readFileSync(servicesFile, 'utf8')) : undefined;

export const redisUrl: string = services?.redis.url ?? '';
export const postgresUrl: string = services?.postgres.url ?? '';

const READ_BY_TYPE: Readonly<Record<string, (key: string) => readonly string[]>> = {
  string: (key) => ['GET', key],
  hash: (key) => ['HGETALL', key],
  list: (key) => ['LRANGE', key, '0', '-1'],
  set: (key) => ['SMEMBERS', key],
  zset: (key) => ['ZRANGE', key, '0', '-1', 'WITHSCORES'],
};

/** Shows every key and value that came to Redis since, and what its append-only files have grown by. */
export const watchRedis = async (shown: Shown, prefix: string) => {
  const client: Redis = load('redis').createClient({ url: redisUrl });
  await client.connect();
  const setting = async (name: string): Promise<string> => {
    const answer = (await client.sendCommand(['CONFIG', 'GET', name])) as object;
    return String(Object.values(answer).at(-1));
  };
  const folder = join(await setting('dir'), await setting('appenddirname'));
  const sizes = new Map<string, number>();
  for (const name of await readdir(folder)) {
    sizes.set(name, (await stat(join(folder, name))).size);
  }
  const keysLike = async (pattern: string) =>
    (await client.sendCommand(['KEYS', pattern])) as readonly string[];
  // Other tests leave thousands of keys behind.
  const before = new Set(await keysLike('*'));
  const read = async (key: string): Promise<unknown> => {
    const command = READ_BY_TYPE[String(await client.sendCommand(['TYPE', key]))];
    // Other tests remove keys of theirs meanwhile.
    return command && client.sendCommand(command(key)).catch(() => undefined);
  };

  return {
    async show() {
      const keys = (await keysLike('*')).filter((key) => !before.has(key));
      shown.text('the keys of Redis', keys.join('\n'));
      shown.text('the values of Redis', JSON.stringify(await Promise.all(keys.map(read))));
      for (const name of await readdir(folder)) {
        const opened = await open(join(folder, name));
        const from = sizes.get(name) ?? 0;
        const bytes = new Uint8Array(Math.max(0, (await opened.stat()).size - from));
        await opened.read(bytes, 0, bytes.byteLength, from);
        await opened.close();
        sizes.set(name, from + bytes.byteLength);
        shown.text(`the Redis file ${name}`, bytes);
      }
      return keys.filter((key) => key.startsWith(prefix)).length;
    },
    async [Symbol.asyncDispose]() {
      const keys = await keysLike(`${prefix}*`);
      if (keys.length > 0) await client.sendCommand(['DEL', ...keys]);
      await client.close();
    },
  };
};

/** Shows every row of the store's tables in PostgreSQL, as text. */
export const watchPostgres = async (shown: Shown, table: string) => {
  const client: Postgres = new (load('pg').Client)({ connectionString: postgresUrl });
  await client.connect();
  const tables = async (): Promise<readonly string[]> => {
    const text = 'select tablename as value from pg_tables where starts_with(tablename, $1)';
    return (await client.query(text, [table])).rows.map(({ value }) => value);
  };
  return {
    async show() {
      let count = 0;
      for (const name of await tables()) {
        const { rows } = await client.query(`select t::text as value from "${name}" t`);
        shown.text('the rows of PostgreSQL', rows.map(({ value }) => value).join('\n'));
        count += rows.length;
      }
      return count;
    },
    async [Symbol.asyncDispose]() {
      for (const name of await tables()) await client.query(`drop table "${name}"`);
      await client.end();
    },
  };
};
