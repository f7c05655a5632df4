import { execFile } from 'node:child_process';
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigError } from '@tributary/pipeline';
import { collectLogs } from '@tributary/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { generateEncryptionKey } from '../src/grants/encryption/index.js';
import { type Keyring, keychainKey } from '../src/grants/keychain/index.js';
import { encryption, sqliteGrants } from '../src/grants/sqlite/index.js';
import { privateFolder } from './support/private-folder.js';

const folder = await privateFolder();
afterAll(() => folder[Symbol.asyncDispose]());
let places = 0;
const newFile = (): string => {
  places += 1;
  return join(folder.path, `${places}`, 'key');
};

/** A keychain in memory, that can be locked. */
const fakeKeyring = () => {
  const passwords = new Map<string, string>();
  const asked: unknown[] = [];
  const state = { isLocked: false, isReadOnly: false };
  const keyring: Keyring = {
    AsyncEntry: class {
      readonly #name: string;
      constructor(service: string, account: string, options?: unknown) {
        asked.push(options);
        this.#name = `${service}/${account}`;
      }
      async getPassword() {
        if (state.isLocked) throw new Error("Couldn't access platform secure storage");
        return passwords.get(this.#name) ?? null;
      }
      async setPassword(password: string) {
        if (state.isLocked || state.isReadOnly) throw new Error('refused');
        passwords.set(this.#name, password);
      }
    },
  };
  return { keyring, passwords, asked, state };
};

const textOf = async (file: string) => (await readFile(file, 'utf8')).trim();

describe('with a keychain', () => {
  test('the key is made once and kept there; the file says so', async () => {
    const fallbackFile = newFile();
    const { keyring, passwords, asked } = fakeKeyring();
    const logger = collectLogs();
    const source = () => keychainKey({ service: 'tool', fallbackFile, keyring, logger })();
    const [key] = await source();
    expect(passwords.get('tool/encryption-key')).toBe(key);
    expect(await textOf(fallbackFile)).toBe('keychain');
    expect(await source()).toEqual([key]);
    expect(logger.entries).toEqual([]);
    // The kernel's keyring would forget it.
    expect(asked[0]).toEqual({ linux: { store: 'secret-service' } });
  });

  test('a key that is there already is taken', async () => {
    const fallbackFile = newFile();
    const { keyring, passwords } = fakeKeyring();
    passwords.set('tributary/encryption-key', 'kept');
    expect(await keychainKey({ fallbackFile, keyring })()).toEqual(['kept']);
    expect(await textOf(fallbackFile)).toBe('keychain');
  });

  test('that is locked later is an error that says what to do, and makes no second key', async () => {
    const fallbackFile = newFile();
    const { keyring, state, passwords } = fakeKeyring();
    const source = keychainKey({ fallbackFile, keyring });
    const before = await source();
    state.isLocked = true;
    const error = await source().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toMatch(
      /keychain: holds the key .*can't be reached. Unlock it; or delete/,
    );
    expect(await textOf(fallbackFile)).toBe('keychain');
    state.isLocked = false;
    expect(await source()).toEqual(before);
    passwords.clear();
    await expect(source()).rejects.toThrow(/keychain: has lost the key "tributary"/);
  });

  test('that takes no key leaves it in the file, and says so', async () => {
    const fallbackFile = newFile();
    const { keyring, state } = fakeKeyring();
    state.isReadOnly = true;
    const logger = collectLogs();
    const [key] = await keychainKey({ fallbackFile, keyring, logger })();
    expect(await textOf(fallbackFile)).toBe(key);
    expect(logger.entries).toMatchObject([{ level: 'warn' }]);
    state.isReadOnly = false;
    expect(await keychainKey({ fallbackFile, keyring, logger })()).toEqual([key]);
  });

  test('of many that ask first, all get one key', async () => {
    const fallbackFile = newFile();
    const { keyring, passwords } = fakeKeyring();
    const sources = Array.from({ length: 10 }, () => keychainKey({ fallbackFile, keyring })());
    const keys = new Set((await Promise.all(sources)).flat());
    expect([...keys]).toEqual([...passwords.values()]);
    expect(await readdir(join(fallbackFile, '..'))).toEqual(['key']);
  });
});

describe('without a keychain', () => {
  const { keyring, state } = fakeKeyring();
  state.isLocked = true;

  test('the key is in a private file, and a line says what that protects', async () => {
    const fallbackFile = newFile();
    const logger = collectLogs();
    const [key] = await keychainKey({ fallbackFile, keyring, logger })();
    expect(await textOf(fallbackFile)).toBe(key);
    expect((await stat(fallbackFile)).mode & 0o777).toBe(0o600);
    expect((await stat(join(fallbackFile, '..'))).mode & 0o777).toBe(0o700);
    expect(logger.entries).toMatchObject([
      { level: 'warn', message: expect.stringMatching(/protects copies/) },
    ]);
    expect(logger.text()).not.toContain(key);
    expect(await keychainKey({ fallbackFile, keyring, logger })()).toEqual([key]);
    expect(logger.entries).toHaveLength(1);
  });

  test('a keychain that comes later changes nothing', async () => {
    const fallbackFile = newFile();
    const before = await keychainKey({ fallbackFile, keyring, logger: collectLogs() })();
    const { keyring: later, passwords } = fakeKeyring();
    expect(await keychainKey({ fallbackFile, keyring: later })()).toEqual(before);
    expect(passwords.size).toBe(0);
  });

  test('a file that others could read is tightened, and told', async () => {
    const fallbackFile = newFile();
    await keychainKey({ fallbackFile, keyring, logger: collectLogs() })();
    await chmod(fallbackFile, 0o644);
    const logger = collectLogs();
    await keychainKey({ fallbackFile, keyring, logger })();
    expect((await stat(fallbackFile)).mode & 0o777).toBe(0o600);
    expect(logger.entries).toMatchObject([{ level: 'warn', fields: { file: fallbackFile } }]);
  });

  test('a file that can not be made is an error that names it', async () => {
    const parent = newFile();
    await keychainKey({ fallbackFile: parent, keyring, logger: collectLogs() })();
    const source = keychainKey({ fallbackFile: join(parent, 'key'), keyring });
    await expect(source()).rejects.toThrow(/^fallbackFile: .*key can't be read or made \(E/);
    expect(() => keychainKey({ fallbackFile: '' })).toThrow(ConfigError);
  });

  test('a link to nothing is an error, and not asked for again and again', async () => {
    const fallbackFile = newFile();
    await mkdir(join(fallbackFile, '..'));
    await symlink(join(folder.path, 'nowhere', 'key'), fallbackFile);
    const source = keychainKey({ fallbackFile, keyring, logger: collectLogs() });
    await expect(source()).rejects.toThrow(/^fallbackFile: .*key is a link to nothing/);
    expect(await readdir(join(fallbackFile, '..'))).toEqual(['key']);
  });

  test('a key that is damaged is an error of encryption, and stays', async () => {
    const fallbackFile = newFile();
    await keychainKey({ fallbackFile, keyring, logger: collectLogs() })();
    await writeFile(fallbackFile, 'damaged');
    const codec = encryption({ key: keychainKey({ fallbackFile, keyring }) });
    await expect(codec.seal('id', 'text')).rejects.toThrow(/^encryption\.key: has to be 32/);
    expect(await textOf(fallbackFile)).toBe('damaged');
    await unlink(fallbackFile);
    await writeFile(fallbackFile, generateEncryptionKey(), { mode: 0o600 });
    expect(await codec.open('id', await codec.seal('id', 'text'))).toBe('text');
  });

  test('processes that ask at the same time get one key, and the grants of each other', async () => {
    const fallbackFile = newFile();
    const code = `
      import { keychainKey } from '@tributary/auth-providers/keychain';
      const [key] = await keychainKey({
        fallbackFile: process.argv[1],
        keyring: { AsyncEntry: class { constructor() { throw new Error('none'); } } },
      })();
      console.log(key);`;
    const runs = Array.from({ length: 4 }, () =>
      promisify(execFile)(
        process.execPath,
        ['--no-warnings', '--input-type=module', '--eval', code, fallbackFile],
        { cwd: import.meta.dirname },
      ),
    );
    const keys = new Set((await Promise.all(runs)).map(({ stdout }) => stdout.trim()));
    expect([...keys]).toEqual([await textOf(fallbackFile)]);
  });
});

// Elsewhere it would open the keychain of whoever runs the tests.
const hasNoKeychain =
  process.platform === 'linux' && process.env.DBUS_SESSION_BUS_ADDRESS === undefined;

test.runIf(hasNoKeychain)('@napi-rs/keyring finds none, and the file serves SQLite', async () => {
  const fallbackFile = newFile();
  const path = join(folder.path, 'real', 'grants.db');
  const link = { issuer: 'i', clientId: 'c', userId: 'u' };
  const logger = collectLogs();
  const open = () => {
    const key = keychainKey({ service: 'tributary-test', fallbackFile, logger });
    return sqliteGrants({ path, encryption: encryption({ key }) });
  };
  const first = open();
  await first.links.write(link, 'ada');
  await first.dispose();
  expect(logger.entries).toHaveLength(1);
  const second = open();
  expect(await second.links.read(link)).toBe('ada');
  await second.dispose();
});
