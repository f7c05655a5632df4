import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memoryAccountLinks, memoryGrants } from '@tributary/auth-providers';
import { encryption, generateEncryptionKey, sqliteGrants } from '@tributary/auth-providers/sqlite';
import { type GrantStorage, Secret } from '@tributary/pipeline';
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

const inMemory = (): GrantStorage => ({
  grants: memoryGrants(),
  links: memoryAccountLinks(),
  dispose: async () => {},
});

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
  const leaks = shown.leaks().join('\n');
  for (const where of ['inspect of a leaky object', 'the snapshot of', 'cause 1', 'a header']) {
    expect(leaks).toContain(where);
  }
});

test('an app’s credentials show nowhere, however its calls end', async () => {
  await using stage = await openStage(shown);
  await runApps({ stage, shown, storage: inMemory() });
  shown.text('the log', stage.logs.text());
  expectSearched(1000, 'API token', 'PAT', 'sent', 'service secret', 'bad token');
  expect(shown.leaks()).toEqual([]);
});

test('a user’s grants show nowhere, in memory', async () => {
  await using stage = await openStage(shown);
  const storage = inMemory();
  await runUsers({ stage, shown, storage });
  shown.value('the stores', storage);
  shown.text('the log', stage.logs.text());
  expectSearched(400, 'sent', 'code', 'code verifier', 'client secret');
  expectRenewed();
  expect(shown.leaks()).toEqual([]);
});

test('a user’s grants show nowhere, in SQLite and its files', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-secrets-'));
  await using stage = await openStage(shown);
  const key = generateEncryptionKey();
  shown.canary('encryption key', key);
  const storage = sqliteGrants({
    path: join(folder, 'grants', 'grants.sqlite'),
    encryption: encryption({ key: new Secret(key) }),
    logger: stage.logs,
  });
  const showFiles = async () => {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (entry.isFile())
        shown.text(entry.name, await readFile(join(entry.parentPath, entry.name)));
    }
  };
  try {
    await runUsers({ stage, shown, storage });
    await showFiles();
    shown.value('the stores', storage);
    await storage.dispose();
    await showFiles();
    shown.text('the log', stage.logs.text());
    expectSearched(400, 'sent', 'encryption key');
    expectRenewed();
    expect(shown.leaks()).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
