import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { collectLogs } from '@tributary/testing';
import { createClient, createClientPool, createCluster, createSentinel } from 'redis';
import { describe, expect, test } from 'vitest';
import {
  encryption,
  generateEncryptionKey,
  type RedisGrantsOptions,
  redisGrants,
} from '../src/grants/redis/index.js';
import { runningServices } from './support/running-services.js';

const url = runningServices?.redis.url ?? '';
const codec = encryption({ key: generateEncryptionKey() });
const link = { issuer: 'https://auth.example', clientId: 'client', userId: 'u' };

const open = (options: Partial<RedisGrantsOptions>) =>
  redisGrants({ encryption: codec, prefix: `test:${randomUUID()}:`, ...options });

test.for([
  ['url', {}],
  ['url', { url: 'redis://127.0.0.1', client: createClient() }],
  ['url', { url: 'http://:hunter2@127.0.0.1' }],
  ['url', { url: 'hunter2' }],
  ['prefix', { url: 'redis://127.0.0.1', prefix: 'a*' }],
  ['prefix', { url: 'redis://127.0.0.1', prefix: 'a{b}' }],
  ['client', { client: createClient({ keyPrefix: 'app:' }) }],
  ['leaseMs', { url: 'redis://127.0.0.1', leaseMs: 0 }],
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

test('whatever node-redis connects with is taken', () => {
  for (const client of [
    createClient(),
    createClientPool(),
    createCluster({ rootNodes: [] }),
    createSentinel({ name: 'primary', sentinelRootNodes: [] }),
  ]) {
    expect(open({ client }).grants.read).toBeTypeOf('function');
  }
});

describe.skipIf(runningServices === undefined)('with a server', () => {
  test('a wrong password is told at once, and not shown', async () => {
    const wrong = new URL(url);
    wrong.password = 'canary-password';
    const storage = open({ url: wrong.href });
    const error = await storage.links.read(link).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'GRANT_STORE_FAILED', retryable: false });
    expect(inspect(error)).toContain('WRONGPASS');
    expect(inspect(error)).not.toContain('canary-password');
    await storage.dispose();
  });

  test("dispose leaves a client that is its owner's", async () => {
    const client = createClient({ url });
    await client.connect();
    const storage = open({ client });
    await storage.links.write(link, 'ada');
    expect(await storage.links.read(link)).toBe('ada');
    await storage.dispose();
    await expect(storage.links.read(link)).rejects.toMatchObject({ code: 'GRANT_STORE_FAILED' });
    expect(await client.ping()).toBe('PONG');
    await client.close();
  });

  test('a pool works too, and a script that the server forgot is sent again', async () => {
    const pool = createClientPool({ url });
    await pool.connect();
    const storage = open({ client: pool });
    await storage.links.write(link, 'ada');
    await pool.scriptFlush();
    expect(await storage.links.read(link)).toBe('ada');
    await storage.dispose();
    await pool.close();
  });

  /** A client of the real server whose INFO says something else. */
  const saying = async (info: (section: string) => Promise<string>) => {
    const client = createClient({ url });
    await client.connect();
    const logger = collectLogs();
    const storage = open({ client: Object.assign(client, { info }), logger });
    await storage.links.read(link);
    await storage.links.read(link);
    await expect.poll(() => logger.entries.length).toBeGreaterThan(0);
    await storage.dispose();
    client.destroy();
    return logger.entries.map(({ level, message }) => `${level}: ${message}`);
  };

  test('eviction and missing persistence are warned of, once', async () => {
    const warnings = await saying(async (section) =>
      section === 'memory' ? 'maxmemory_policy:allkeys-lru\r\n' : 'aof_enabled:0\r\n',
    );
    expect(warnings).toEqual([
      expect.stringMatching(/^warn: .*noeviction/),
      expect.stringMatching(/^warn: .*appendonly/),
    ]);
  });

  test('what may not be asked is said, and no warning', async () => {
    const forbidden = await saying(() => Promise.reject(new Error('NOPERM no permissions')));
    expect(forbidden).toEqual([expect.stringMatching(/^info: Could not find out/)]);
    expect(await saying(async () => '# Memory\r\n')).toEqual([expect.stringMatching(/^info: /)]);
  });

  test('a server that keeps what it is told gets no word', async () => {
    const logger = collectLogs();
    const storage = open({ url, logger });
    await storage.links.write(link, 'ada');
    await storage.links.read(link);
    expect(logger.entries).toEqual([]);
    await storage.dispose();
  });
});
