import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryStorage } from '@tributary/auth-providers';
import { type Keyring, keychainKey } from '@tributary/auth-providers/keychain';
import { encryption, type KeySource, sqliteGrants } from '@tributary/auth-providers/sqlite';
import { ConfigError } from '@tributary/pipeline';
import { type CollectedLogs, collectLogs } from '@tributary/testing';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runApps, runUsers } from './scenario.js';
import { collectShown, type Shown } from './shown.js';
import { openStage } from './stage.js';

let shown: Shown;
beforeEach(() => {
  shown = collectShown();
  for (const stream of [process.stdout, process.stderr]) {
    const write = stream.write.bind(stream);
    vi.spyOn(stream, 'write').mockImplementation((chunk, ...rest) => {
      shown.text('the terminal', chunk);
      return write(chunk, ...(rest as []));
    });
  }
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, method).mockImplementation((...args) => {
      for (const value of args) shown.value(`console.${method}`, value);
    });
  }
});
afterEach(() => vi.restoreAllMocks());

/** What must be there for the search to mean anything. */
const expectSearched = (fewestTexts: number, ...kinds: readonly string[]) => {
  expect(shown.count).toBeGreaterThan(fewestTexts);
  for (const kind of kinds) {
    expect(Object.keys(shown.canaries).join()).toContain(kind);
  }
};

/** A grant of each provider, and its renewals. */
const expectRenewed = () => {
  const names = Object.keys(shown.canaries).filter((name) => name.startsWith('refresh token'));
  expect(names.length).toBeGreaterThanOrEqual(4);
};

test('a searched text with a secret is found: this test can fail', () => {
  shown.canary('one', 'canary-that-leaks-out');
  class Leaky {
    readonly hidden = new Map([['token', { value: 'canary-that-leaks-out' }]]);
  }
  shown.value('a leaky object', new Leaky());
  shown.value('a leaky cause', new Error('x', { cause: new Error('canary-that-leaks-out') }));
  shown.text('a header', `Basic ${btoa('ada@example.com:canary-that-leaks-out')}`);
  const logs = collectLogs();
  logs.warn('A leaky line.', { key: 'canary-that-leaks-out' });
  shown.value('the log', logs.entries);
  const leaks = shown.leaks().join('\n');
  const places = ['inspect of a leaky object', 'the snapshot of', 'cause 1', 'a header', 'the log'];
  for (const where of places) {
    expect(leaks).toContain(where);
  }
});

test('an app’s credentials show nowhere, however its calls end', async () => {
  await using stage = await openStage(shown);
  await runApps({ stage, shown, storage: memoryStorage() });
  shown.text('the log', stage.logs.text());
  expectSearched(1000, 'API token', 'PAT', 'sent', 'service secret', 'bad token');
  expect(shown.leaks()).toEqual([]);
});

test('a user’s grants show nowhere, in memory', async () => {
  await using stage = await openStage(shown);
  const storage = memoryStorage();
  await runUsers({ stage, shown, storage });
  shown.value('the stores', storage);
  shown.text('the log', stage.logs.text());
  expectSearched(400, 'sent', 'code', 'code verifier', 'client secret');
  expectRenewed();
  expect(shown.leaks()).toEqual([]);
});

const noKeyring = {
  AsyncEntry: class {
    constructor() {
      throw new Error('no keychain');
    }
  },
} as unknown as Keyring;

/** A keychain in memory, that can be read-only, locked and empty. */
const fakeKeyring = () => {
  const state = { isLocked: false, isReadOnly: false, password: null as string | null };
  const keyring: Keyring = {
    AsyncEntry: class {
      async getPassword() {
        if (state.isLocked) throw new Error('locked');
        return state.password;
      }
      async setPassword(password: string) {
        if (state.isReadOnly) throw new Error(`refused: ${password}`);
        state.password = password;
      }
    },
  };
  return { state, keyring };
};

/** Each way that the key of a keychain or a file can be asked for in vain. */
const showKeyFiles = async (file: string, text: string, logger: CollectedLogs) => {
  const attempt = async (where: string, source: () => Promise<unknown>) => {
    const error = await source().catch((thrown: unknown) => thrown);
    shown.value(where, error);
    return error;
  };
  const seal = (source: KeySource) => encryption({ key: source }).seal('id', 'text');
  const { state, keyring } = fakeKeyring();
  const kept = keychainKey({ fallbackFile: `${file}-kept`, keyring, logger });
  shown.value('a key source', kept);
  await kept();
  shown.canary('key in a keychain', String(state.password));
  state.isLocked = true;
  expect(await attempt('a locked keychain', () => seal(kept))).toBeInstanceOf(ConfigError);
  Object.assign(state, { isLocked: false, password: null });
  expect(await attempt('a lost key', () => seal(kept))).toBeInstanceOf(ConfigError);
  state.isReadOnly = true;
  const refused = keychainKey({ fallbackFile: `${file}-refused`, keyring, logger });
  shown.canary('key that a keychain refuses', String((await refused())[0]));
  await chmod(file, 0o644);
  await keychainKey({ fallbackFile: file, keyring, logger })();
  const damaged = `${text.slice(0, -4)}!`;
  shown.canary('damaged key', damaged);
  await writeFile(file, damaged);
  const source = keychainKey({ fallbackFile: file, keyring, logger });
  expect(await attempt('a damaged key', () => seal(source))).toBeInstanceOf(ConfigError);
};

test('a user’s grants show nowhere, in SQLite and its files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-secrets-'));
  await using stage = await openStage(shown);
  const fallbackFile = join(folder, 'key', 'key');
  const key = keychainKey({ fallbackFile, keyring: noKeyring, logger: stage.logs });
  const [text] = await key();
  shown.canary('encryption key', String(text));
  const storage = sqliteGrants({
    path: join(folder, 'grants', 'grants.sqlite'),
    encryption: encryption({ key }),
    logger: stage.logs,
  });
  const showFiles = async () => {
    for (const entry of await readdir(join(folder, 'grants'), { withFileTypes: true })) {
      if (entry.isFile())
        shown.text(entry.name, await readFile(join(entry.parentPath, entry.name)));
    }
  };
  try {
    await runUsers({ stage, shown, storage, showStore: showFiles });
    await showFiles();
    shown.value('the stores', storage);
    await storage.dispose();
    await showFiles();
    await showKeyFiles(fallbackFile, String(text), stage.logs);
    expect(stage.logs.text()).toContain(fallbackFile);
    shown.value('the log', stage.logs.entries);
    expectSearched(400, 'sent', 'encryption key');
    expectRenewed();
    expect(shown.leaks()).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
