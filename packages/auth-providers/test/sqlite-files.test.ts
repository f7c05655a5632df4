import { execFile } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { ConfigError, type GrantStorage } from '@tributary/pipeline';
import { collectLogs } from '@tributary/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { GrantStoreError } from '../src/grants/grant-store-error.js';
import {
  encryption,
  generateEncryptionKey,
  type SqliteGrantsOptions,
  sqliteGrants,
} from '../src/grants/sqlite/index.js';
import { networkFileSystem } from '../src/grants/sqlite/network-file-system.js';
import { loadSqlite } from '../src/grants/sqlite/open-database.js';
import { preparePrivateFolder } from '../src/grants/sqlite/private-files.js';
import { privateFolder } from './support/private-folder.js';

const codec = encryption({ key: generateEncryptionKey() });
const key = { issuer: 'https://auth.example', clientId: 'client', accountId: 'ada' };
const link = { issuer: 'https://auth.example', clientId: 'client', userId: 'u' };

const folder = await privateFolder();
afterAll(() => folder[Symbol.asyncDispose]());
let places = 0;
const newPath = (): string => {
  places += 1;
  return join(folder.path, `${places}`, 'grants.db');
};

const open = (path: string, options: Partial<SqliteGrantsOptions> = {}): GrantStorage =>
  sqliteGrants({ path, encryption: codec, ...options });

const failure = async (work: Promise<unknown>): Promise<unknown> => {
  try {
    return await work;
  } catch (error) {
    return error;
  }
};

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;

describe('files', () => {
  test('are readable by their owner only', async () => {
    const path = newPath();
    const storage = open(path);
    await storage.links.write(link, 'ada');
    expect(await modeOf(join(path, '..'))).toBe(0o700);
    for (const suffix of ['', '-wal', '-shm']) expect(await modeOf(path + suffix)).toBe(0o600);
    await storage.dispose();
  });

  test.for([0o000, 0o777])(
    'are so under the umask %o, and the process ends by itself',
    async (umask) => {
      const path = newPath();
      const code = `
      import { encryption, generateEncryptionKey, sqliteGrants } from '@tributary/auth-providers/sqlite';
      import { statSync } from 'node:fs';
      const [path, umask] = process.argv.slice(1);
      process.umask(Number(umask));
      const { links } = sqliteGrants({ path, encryption: encryption({ key: generateEncryptionKey() }) });
      await links.write({ issuer: 'i', clientId: 'c', userId: 'u' }, 'a');
      const modes = [path, path + '-wal', path + '-shm'].map((file) => statSync(file).mode & 0o777);
      console.log(modes.map((mode) => mode.toString(8)).join());`;
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--input-type=module', '--eval', code, path, String(umask)],
        { cwd: import.meta.dirname, timeout: 25_000 },
      );
      expect(stdout.trim()).toBe('600,600,600');
      expect(await modeOf(join(path, '..'))).toBe(0o700);
    },
  );

  test('that others could read are tightened, and told', async () => {
    const path = newPath();
    const first = open(path);
    await first.links.write(link, 'ada');
    for (const suffix of ['', '-wal', '-shm']) await chmod(path + suffix, 0o644);
    const logger = collectLogs();
    const second = open(path, { logger });
    await second.grants.read(key);
    for (const suffix of ['', '-wal', '-shm']) expect(await modeOf(path + suffix)).toBe(0o600);
    expect(logger.entries).toHaveLength(3);
    expect(logger.entries[0]).toMatchObject({
      level: 'warn',
      fields: { file: path, mode: '0644' },
    });
    await first.dispose();
    await second.dispose();
  });

  test('are made in no folder that others may enter', async () => {
    const path = newPath();
    await mkdir(join(path, '..'));
    for (const mode of [0o755, 0o710, 0o707, 0o777]) {
      await chmod(join(path, '..'), mode);
      const error = await failure(open(path).grants.read(key));
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).toMatch(/path: others may enter the folder .*\(mode 0\d{3}\)/);
      expect(await modeOf(join(path, '..'))).toBe(mode);
      expect(await readdir(join(path, '..'))).toEqual([]);
    }
  });

  test('behind a link are held to the same, where they are', async () => {
    const path = newPath();
    const target = newPath();
    for (const file of [path, target]) await mkdir(join(file, '..'), { mode: 0o700 });
    await symlink(target, path);
    expect(String(await failure(open(path).grants.read(key)))).toMatch(/path: .*\(ENOENT\)/);

    await writeFile(target, '', { mode: 0o600 });
    await chmod(join(target, '..'), 0o755);
    expect(String(await failure(open(path).grants.read(key)))).toMatch(
      /others may enter the folder/,
    );
    expect(await readdir(join(target, '..'))).toEqual(['grants.db']);

    await chmod(join(target, '..'), 0o700);
    const first = open(path);
    await first.links.write(link, 'ada');
    for (const suffix of ['', '-wal', '-shm']) await chmod(target + suffix, 0o644);
    const second = open(path, { logger: collectLogs() });
    expect(await second.links.read(link)).toBe('ada');
    for (const suffix of ['', '-wal', '-shm']) expect(await modeOf(target + suffix)).toBe(0o600);
    await first.dispose();
    await second.dispose();
  });

  test('can be put right while the store is there', async () => {
    const path = newPath();
    await mkdir(join(path, '..'), { mode: 0o755 });
    const storage = open(path);
    expect(await failure(storage.grants.read(key))).toBeInstanceOf(ConfigError);
    await chmod(join(path, '..'), 0o700);
    expect(await storage.grants.read(key)).toBeUndefined();
    await storage.dispose();
  });

  test('of something else are refused and left alone', async () => {
    const path = newPath();
    await mkdir(join(path, '..'), { mode: 0o700 });
    const foreign = new DatabaseSync(path);
    foreign.exec('CREATE TABLE mine (x)');
    foreign.close();
    await chmod(path, 0o644);
    const before = await readFile(path);
    expect(String(await failure(open(path).grants.read(key)))).toMatch(
      /ConfigError: path: .* is a database of something else/,
    );
    expect(await readFile(path)).toEqual(before);
    expect(await modeOf(path)).toBe(0o644);

    await writeFile(path, 'no database, but a text of more than a hundred bytes. '.repeat(9));
    const error = await failure(open(path).grants.read(key));
    expect(error).toBeInstanceOf(GrantStoreError);
    expect(String(error)).toMatch(/is no SQLite database/);
  });

  test('of a later version are refused and left alone', async () => {
    const path = newPath();
    await open(path).grants.read(key);
    const later = new DatabaseSync(path);
    later.exec('PRAGMA user_version = 2');
    later.close();
    expect(String(await failure(open(path).grants.read(key)))).toMatch(
      /schema 2, known 1\). Update the package/,
    );
  });
});

describe('network file systems', () => {
  test.for([
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    [0xff534d42 | 0, 'CIFS'],
    [0x517b, 'SMB'],
    [0x01021997, '9p'],
    [0xef53, undefined],
    [0x01021994, undefined],
    [0x9123683e, undefined],
  ] as const)('%d is %s', ([type, name]) => {
    expect(networkFileSystem(type)).toBe(name);
  });

  test('are refused', () => {
    const prepare = () => preparePrivateFolder(join(folder.path, 'nfs'), () => 0x6969);
    expect(prepare).toThrow(ConfigError);
    expect(prepare).toThrow(/path: .* lies on NFS.*Use a local disk, or .*PostgreSQL or Redis/);
  });
});

describe('settings', () => {
  test.for([
    [{ path: '' }, /^path: names no file/],
    [{ path: ':memory:' }, /^path: .*memoryGrants/],
    [{ leaseMs: 0 }, /^leaseMs: /],
    [{ encryption: undefined as never }, /^encryption: is missing/],
  ] as const)('%o is refused at once', ([options, message]) => {
    expect(() => open('/nowhere/grants.db', options)).toThrow(ConfigError);
    expect(() => open('/nowhere/grants.db', options)).toThrow(message);
  });

  test('a Node without SQLite is told what to do', async () => {
    const error = await failure(
      loadSqlite(() => Promise.reject(new Error('No such built-in module: node:sqlite'))),
    );
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toMatch(/has no node:sqlite. Use Node 22.13 or later/);
  });
});
