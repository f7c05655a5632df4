// @ts-check
/** A process of its own on a store, told what to do as JSON: `{ store, settings, job, times }`. */
import { encryption } from '@tributary/auth-providers/redis';
import { Secret } from '@tributary/pipeline';

const { store, settings, job, times } = JSON.parse(process.argv[2] ?? '');

const stores = {
  redis: async () => (await import('@tributary/auth-providers/redis')).redisGrants,
  postgres: async () => (await import('@tributary/auth-providers/postgres')).postgresGrants,
  sqlite: async () => (await import('@tributary/auth-providers/sqlite')).sqliteGrants,
};

const key = { issuer: 'https://auth.example', clientId: 'client', accountId: 'ada' };
const open = await stores[/** @type {keyof typeof stores} */ (store)]();
const storage = open({ ...settings, encryption: encryption({ key: settings.key }) });

const grantOf = (/** @type {number} */ count) => ({
  accessToken: new Secret('access'),
  refreshToken: new Secret(`canary-refresh-${count}`),
  scopes: [String(count)],
  expiresAt: 2,
  obtainedAt: 1,
  grantedAt: 0,
  sites: [],
});

const jobs = {
  /** Counts up, as many times as it is told, and takes as many records, which others take too. */
  async count() {
    for (let i = 0; i < times; i += 1) {
      const taken = await storage.pending.take(`record ${i}`);
      if (taken !== undefined) process.send?.(taken);
      await storage.grants.exclusive(key, async (grant) => ({
        write: grantOf(Number(grant?.scopes[0] ?? 0) + 1),
      }));
    }
  },
  /** Takes the key and never lets go; tells when it asked for it. */
  async hold() {
    const askedAt = Date.now();
    await storage.grants.exclusive(key, () => {
      process.send?.(askedAt);
      return new Promise((resolve) => setTimeout(resolve, 3_600_000, 'keep'));
    });
  },
};

await jobs[/** @type {keyof typeof jobs} */ (job)]();
await storage.dispose();
process.disconnect?.();
