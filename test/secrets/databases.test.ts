import { randomUUID } from 'node:crypto';
import { postgresGrants } from '@tributary/auth-providers/postgres';
import { redisGrants } from '@tributary/auth-providers/redis';
import { encryption, generateEncryptionKey, type RowCodec } from '@tributary/auth-providers/sqlite';
import { type GrantStorage, Secret } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { isServicesUp } from '../services.js';
import { postgresUrl, redisUrl, watchPostgres, watchRedis } from './databases.js';
import { runUsers } from './scenario.js';
import { collectShown, type Shown } from './shown.js';
import { openStage } from './stage.js';

const place = () => `s_${randomUUID().replaceAll('-', '_')}`;

interface Store {
  readonly name: string;
  readonly open: (at: string, codec: RowCodec) => GrantStorage;
  readonly watch: (
    shown: Shown,
    at: string,
  ) => Promise<AsyncDisposable & { show(): Promise<number> }>;
  /** Each place that it writes to. */
  readonly places: readonly string[];
}

const stores: readonly Store[] = [
  {
    name: 'Redis',
    open: (prefix, codec) => redisGrants({ url: redisUrl, prefix, encryption: codec }),
    watch: watchRedis,
    places: ['the values of Redis', 'the Redis file'],
  },
  {
    name: 'PostgreSQL',
    open: (table, codec) =>
      postgresGrants({ connectionString: postgresUrl, table, encryption: codec }),
    watch: watchPostgres,
    places: ['the rows of PostgreSQL'],
  },
];

const encoded: RowCodec = {
  seal: async (_, text) => btoa(text),
  open: async (_, sealed) => atob(sealed),
};

describe.skipIf(!isServicesUp).for(stores)('$name', ({ open, watch, places }) => {
  test('a secret that is not sealed is found: this test can fail', async () => {
    const shown = collectShown();
    const at = place();
    await using watched = await watch(shown, at);
    shown.canary('account', 'kept-open-on-purpose');
    const storage = open(at, encoded);
    await storage.links.write({ issuer: 'i', clientId: 'c', userId: 'u' }, 'kept-open-on-purpose');
    expect(await watched.show()).toBeGreaterThan(0);
    await storage.dispose();
    const leaks = shown.leaks().join('\n');
    for (const where of places) expect(leaks).toContain(`base64: ${where}`);
  });

  test('a user’s grants show nowhere, neither while they are kept nor later', async () => {
    const shown = collectShown();
    const at = place();
    const key = generateEncryptionKey();
    shown.canary('encryption key', key);
    await using stage = await openStage(shown);
    await using watched = await watch(shown, at);
    const storage = open(at, encryption({ key: new Secret(key) }));
    const [pendingId, pendingValue] = ['canary-id-of-a-record', 'canary-value-of-a-record'];
    shown.canary('pending id', pendingId);
    shown.canary('pending value', pendingValue);
    await storage.pending.write(pendingId, pendingValue, 600_000);
    expect(await storage.pending.read(pendingId)).toBe(pendingValue);
    const counts: number[] = [];
    const showStore = async () => {
      counts.push(await watched.show());
    };
    await runUsers({ stage, shown, storage, showStore });
    shown.value('the stores', storage);
    await showStore();
    await storage.dispose();
    shown.value('the disposed stores', storage);
    shown.value('the log', stage.logs.entries);
    expect(Math.max(...counts)).toBeGreaterThanOrEqual(2);
    const names = Object.keys(shown.canaries).join();
    for (const kind of ['sent', 'refresh token', 'client secret']) {
      expect(names).toContain(kind);
    }
    expect(shown.leaks()).toEqual([]);
  });
});
