import { type Clock, type Grant, revealSecret, Secret, systemClock } from '@tributary/pipeline';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encryption, generateEncryptionKey } from '../src/grants/encryption/index.js';
import { postgresGrants } from '../src/grants/postgres/postgres-grants.js';
import { redisGrants } from '../src/grants/redis/redis-grants.js';
import { ownServices } from './support/own-services.js';
import { runningServices } from './support/running-services.js';

const key = { issuer: 'https://auth.example', clientId: 'client', accountId: 'ada' };
const makeGrant = (token: string): Grant => ({
  accessToken: new Secret(`canary-access-${token}`),
  refreshToken: new Secret(token),
  scopes: [],
  expiresAt: 2,
  obtainedAt: 1,
  grantedAt: 0,
  sites: [],
});
const tokenOf = (grant: Grant | undefined) =>
  grant?.refreshToken && revealSecret(grant.refreshToken);

/** Patience runs out so many times as fast. */
const faster = (times: number): Clock => ({
  now: systemClock.now,
  monotonic: () => times * systemClock.monotonic(),
  setTimer: (callback, ms) => systemClock.setTimer(callback, ms / times),
});
const hurried = faster(20);

describe.skipIf(runningServices === undefined)('a server that is restarted', () => {
  let services: Awaited<ReturnType<typeof ownServices>>;
  beforeAll(async () => {
    services = await ownServices();
  });
  afterAll(() => services?.[Symbol.asyncDispose]());

  const sealed = { encryption: encryption({ key: generateEncryptionKey() }) };
  const open = {
    redis: (options: { readonly clock?: Clock } = {}) =>
      redisGrants({ url: services.redis.url, ...sealed, ...options }),
    postgres: (options: { readonly clock?: Clock } = {}) =>
      postgresGrants({ connectionString: services.postgres.url, ...sealed, ...options }),
  };

  describe.each(['redis', 'postgres'] as const)('%s', (name) => {
    test('loses nothing, and a holder in the middle of it writes its token', async () => {
      const storage = open[name]();
      const peer = open[name]();
      await storage.grants.exclusive(key, async () => ({ write: makeGrant('spent') }));
      expect(tokenOf(await peer.grants.read(key))).toBe('spent');
      let restarted: Promise<unknown> | undefined;
      const written = storage.grants.exclusive(key, async () => {
        await services.stop(name);
        restarted = services.start(name);
        return { write: makeGrant('rotated') };
      });
      expect(tokenOf(await written)).toBe('rotated');
      await restarted;
      expect(tokenOf(await peer.grants.read(key))).toBe('rotated');
      const next = await peer.grants.exclusive(key, async (grant) => {
        expect(tokenOf(grant)).toBe('rotated');
        return { write: makeGrant('next') };
      });
      expect(tokenOf(next)).toBe('next');
      await storage.dispose();
      await peer.dispose();
    });

    test('is an error that may pass while it is away, and recovers by itself', async () => {
      const patient = open[name]();
      await patient.grants.exclusive(key, async () => ({ write: makeGrant('kept') }));
      await patient.dispose();
      const storage = open[name]({ clock: hurried });
      await services.stop(name);
      const failure = { code: 'GRANT_STORE_FAILED', retryable: true };
      await expect(storage.grants.read(key)).rejects.toMatchObject(failure);
      const holder = storage.grants.exclusive(key, async () => 'keep');
      await expect(holder).rejects.toMatchObject(failure);
      // Slow enough for a refusal to come in on a busy machine.
      const fresh = open[name]({ clock: faster(4) });
      const error = await fresh.grants.read(key).catch((thrown: Error) => thrown);
      expect(error).toMatchObject(failure);
      expect((error as Error).message).toContain('ECONNREFUSED');
      await fresh.dispose();
      await services.start(name);
      const read = async () => tokenOf(await storage.grants.read(key).catch(() => undefined));
      await expect.poll(read, { timeout: 20_000 }).toBe('kept');
      await storage.dispose();
    });
  });
});
