import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  type AuthProvider,
  type AuthProviderFactory,
  noRetry,
  type ProviderServices,
} from '@tributary/pipeline';
import {
  ACCOUNT_LINKS,
  AUTH,
  AUTH_PROVIDERS,
  CLOCK,
  composePipeline,
  createRegistry,
  FETCH,
  GRANT_STORE,
  LOGGER,
  PENDING_RECORDS,
  type Plugin,
  RESOLVE,
  RETRY,
  TRANSPORT,
} from '@tributary/pipeline/di';
import { collectLogs, fakeClock, fakeTerminal, makeCall } from '@tributary/testing';
import { describe, expect, test, vi } from 'vitest';
import {
  type AuthProvidersOptions,
  authProviders,
  memoryGrantsPlugin,
  storedGrants,
} from '../src/di.js';
import { apiToken, cloud, memoryGrants, memoryStorage, singleUser } from '../src/index.js';
import { fakeFetch } from './services.js';

const site = cloud('https://example.atlassian.net');
const app = apiToken({ email: 'a@b.c', token: 't' });
const fetch = fakeFetch({});
const clock = fakeClock();
const logger = collectLogs();

const surroundings = (terminal = fakeTerminal(new Response('ok'))): Plugin => ({
  name: 'surroundings',
  register(registry) {
    registry.provide(FETCH, { useValue: fetch });
    registry.provide(CLOCK, { useValue: clock });
    registry.provide(LOGGER, { useValue: logger });
    registry.provide(RETRY, { useValue: noRetry });
    registry.provide(TRANSPORT, { useValue: terminal });
  },
});

describe('authProviders', () => {
  test('fills resolve and auth', async () => {
    const terminal = fakeTerminal(new Response('ok'));
    const plugins = [authProviders({ app }), memoryGrantsPlugin, surroundings(terminal)];
    await using registry = createRegistry({ plugins });
    await using pipeline = composePipeline(registry);
    await pipeline.send(makeCall({ site }));
    expect(terminal.outgoing[0]?.authorization).toMatch(/^Basic /);
    expect(registry.get(RESOLVE).name).toBe('resolve');
    expect(registry.get(AUTH).name).toBe('auth');
    const { none, user } = registry.get(AUTH_PROVIDERS);
    expect([none.kind, user]).toEqual(['anonymous', undefined]);
  });

  test.each(['app', 'user', 'bare'] as const)('refuses as %s what is no provider', (field) => {
    for (const wrong of ['a token', {}, null, () => undefined]) {
      const configured = { [field]: wrong } as AuthProvidersOptions;
      const plugins = [authProviders(configured), memoryGrantsPlugin, surroundings()];
      const registry = createRegistry({ plugins });
      expect(() => registry.get(AUTH_PROVIDERS)).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', field }),
      );
    }
  });

  test('refuses a single user who is no provider', () => {
    const plugins = [
      authProviders({ user: singleUser({} as AuthProvider) }),
      memoryGrantsPlugin,
      surroundings(),
    ];
    const registry = createRegistry({ plugins });
    expect(() => registry.get(AUTH_PROVIDERS)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', field: 'user' }),
    );
  });

  test('hands every provider the same services', () => {
    const seen: ProviderServices[] = [];
    const watching: AuthProviderFactory = (services) => {
      seen.push(services);
      return app(services);
    };
    const plugins = [
      authProviders({ app: watching, bare: watching }),
      memoryGrantsPlugin,
      surroundings(),
    ];
    const registry = createRegistry({ plugins });
    registry.get(AUTH_PROVIDERS);
    const grants = registry.get(GRANT_STORE);
    const links = registry.get(ACCOUNT_LINKS);
    for (const services of seen) expect(services).toEqual({ fetch, clock, logger, grants, links });
    expect(seen).toHaveLength(2);
  });

  test('a composition without a grant store says so', () => {
    const registry = createRegistry({ plugins: [authProviders({ app }), surroundings()] });
    expect(() => registry.get(RESOLVE)).toThrow(/GRANT_STORE/);
  });

  test('a storage fills both stores, and is closed with the chain', async () => {
    let closings = 0;
    const storage = {
      ...memoryStorage(),
      dispose: async () => {
        closings += 1;
      },
    };
    const plugins = [authProviders({ app }), storedGrants(storage), surroundings()];
    const registry = createRegistry({ plugins });
    const pipeline = composePipeline(registry);
    const link = { issuer: 'i', clientId: 'c', userId: 'u' };
    await registry.get(ACCOUNT_LINKS).write(link, 'a');
    expect(await storage.links.read(link)).toBe('a');
    await registry.get(PENDING_RECORDS).write('id', 'value', 60_000);
    expect(await storage.pending.take('id')).toBe('value');
    const key = { issuer: 'i', clientId: 'c', accountId: 'a' };
    expect(await registry.get(GRANT_STORE).exclusive(key, async () => 'keep')).toBeUndefined();
    await pipeline[Symbol.asyncDispose]();
    expect(closings).toBe(1);
  });

  test('a storage that nobody used is closed too', async () => {
    const dispose = vi.fn(async () => {});
    const storage = { ...memoryStorage(), dispose };
    await createRegistry({ plugins: [storedGrants(storage)] })[Symbol.asyncDispose]();
    expect(dispose).toHaveBeenCalledTimes(1);
  });

  test('a function makes a storage for each composition that uses one', async () => {
    const dispose = vi.fn(async () => {});
    const make = vi.fn(() => ({ ...memoryStorage(), dispose }));
    const plugin = storedGrants(make);
    const key = { issuer: 'i', clientId: 'c', accountId: 'a' };
    const link = { issuer: 'i', clientId: 'c', userId: 'u' };
    const registries = [1, 2, 3].map(() => createRegistry({ plugins: [plugin] }));
    const [one, other, unused] = registries;
    await one?.get(ACCOUNT_LINKS).read(link);
    await one?.get(GRANT_STORE).read(key);
    await other?.get(GRANT_STORE).read(key);
    expect(make).toHaveBeenCalledTimes(2);
    for (const registry of registries) await registry[Symbol.asyncDispose]();
    expect(dispose).toHaveBeenCalledTimes(2);
    await expect(unused?.get(GRANT_STORE).read(key)).rejects.toThrow('The grant store is closed.');
  });

  test('each composition has a memory of its own', async () => {
    const link = { issuer: 'i', clientId: 'c', userId: 'u' };
    const plugins = [memoryGrantsPlugin, surroundings()];
    const [one, other] = [createRegistry({ plugins }), createRegistry({ plugins })];
    await one?.get(ACCOUNT_LINKS).write(link, 'a');
    await one?.get(PENDING_RECORDS).write('id', 'value', 60_000);
    expect(await one?.get(ACCOUNT_LINKS).read(link)).toBe('a');
    expect(await one?.get(PENDING_RECORDS).read('id')).toBe('value');
    expect(await other?.get(ACCOUNT_LINKS).read(link)).toBeUndefined();
    expect(await other?.get(PENDING_RECORDS).read('id')).toBeUndefined();
    await one?.[Symbol.asyncDispose]();
    expect(clock.pending).toBe(0);
  });
});

test.each([
  ['a store of grants alone', memoryGrants()],
  ['nothing', undefined],
  ['a path', '/var/lib/app/grants.db'],
])('storedGrants() refuses %s, and a function that gives it', async (_, wrong) => {
  const refusal = expect.objectContaining({ code: 'CONFIG_INVALID', field: 'grants' });
  expect(() => storedGrants(wrong as never)).toThrow(refusal);
  await using registry = createRegistry({
    plugins: [storedGrants(() => wrong as never), surroundings()],
  });
  const key = { issuer: 'i', clientId: 'c', accountId: 'a' };
  await expect(registry.get(GRANT_STORE).read(key)).rejects.toEqual(refusal);
});

describe('entries, in plain Node', () => {
  const run = async (code: string) => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', code],
      { cwd: import.meta.dirname },
    );
    return stdout.trim();
  };

  test('the main entry loads neither tsyringe nor what talks to the authorization server', async () => {
    const code = `
      import { registerHooks } from 'node:module';
      const seen = [];
      registerHooks({ resolve(name, context, next) { seen.push(name); return next(name, context); } });
      const { oauth } = await import('@tributary/auth-providers');
      if (typeof oauth !== 'function') throw new Error('no oauth');
      console.log(seen.filter((name) => /tsyringe|reflect-metadata|oauth4webapi|granting|jose|sqlite|keyring|leased-grants/.test(name)).join());`;
    expect(await run(code)).toBe('');
  });

  test('the ./di entry brings its own polyfill', async () => {
    const code = `
      import { authProviders } from '@tributary/auth-providers/di';
      console.log(authProviders({}).name);`;
    expect(await run(code)).toBe('auth-providers');
  });
});
