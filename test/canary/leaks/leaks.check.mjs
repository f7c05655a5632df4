import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { ConfigError } from '@tributary/pipeline';
import { collectLogs } from '@tributary/testing';
import { expect, test } from 'vitest';

const SECRET = 'songbird-of-this-test';
const load = createRequire(
  new URL('../../../packages/auth-providers/package.json', import.meta.url),
);
const { LEAKS_LEFT = '', TRIBUTARY_SERVICES = '' } = process.env;
const services = TRIBUTARY_SERVICES && JSON.parse(readFileSync(TRIBUTARY_SERVICES, 'utf8'));

const percent = (text) => text.replaceAll(/./g, (char) => `%${char.charCodeAt(0).toString(16)}`);
const base64 = (text, encoding = 'base64') => Buffer.from(text).toString(encoding);

const writeDatabase = (folder) => {
  mkdirSync(folder, { recursive: true });
  const database = new DatabaseSync(join(folder, 'grants.db'));
  database.exec('PRAGMA journal_mode = WAL; CREATE TABLE rows (value TEXT)');
  database.prepare('INSERT INTO rows VALUES (?)').run(base64(`a${SECRET}`));
  return database;
};

test('in what is printed', () => {
  console.log(`escaped ${percent(SECRET)}`);
});

test('in what another process prints', async () => {
  const text = base64(`ada@example.com:${SECRET}`);
  const script = `process.stderr.write('Basic ' + ${JSON.stringify(text)})`;
  await promisify(execFile)(process.execPath, ['-e', script]);
});

test('in an error that was caught', () => {
  const error = new ConfigError('token', `${SECRET} is wrong`);
  expect(error.code).toBe('CONFIG_INVALID');
});

test('in a log line', () => {
  collectLogs().warn('A line.', { token: base64(`ab${SECRET}`, 'base64url') });
});

test('in a database that is removed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-removed-'));
  writeDatabase(folder).close();
  await rm(folder, { recursive: true });
});

test('in the log of a database that is left behind', () => {
  const open = join(LEAKS_LEFT, 'open');
  const database = writeDatabase(open);
  // Copied before it is closed, or the process ends, which both empty the write-ahead log.
  cpSync(open, join(LEAKS_LEFT, 'left'), { recursive: true });
  database.close();
});

test('in a failure', () => {
  expect(SECRET).toBe('something else');
});

test.skipIf(!services)('in Redis, and removed again', async () => {
  const client = load('redis').createClient({ url: services.redis.url });
  await client.connect();
  await client.sendCommand(['SET', 'leak', SECRET]);
  await client.sendCommand(['DEL', 'leak']);
  await client.close();
});

test.skipIf(!services)('in PostgreSQL, and removed again', async () => {
  const client = new (load('pg').Client)({ connectionString: services.postgres.url });
  await client.connect();
  await client.query('create table leaks (value text)');
  await client.query('insert into leaks values ($1)', [SECRET]);
  await client.query('drop table leaks');
  await client.end();
});
