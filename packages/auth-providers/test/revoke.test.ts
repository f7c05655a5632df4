import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Grant, type GrantStorage, revealSecret, Secret } from '@tributary/pipeline';
import { fakeClock } from '@tributary/testing';
import { afterAll, describe, expect, test } from 'vitest';
import { postgresGrants } from '../src/grants/postgres/index.js';
import { redisGrants } from '../src/grants/redis/index.js';
import { encryption, generateEncryptionKey, sqliteGrants } from '../src/grants/sqlite/index.js';
import { dataCenter, dataCenterOAuth, memoryStorage } from '../src/index.js';
import { fakeAtlassian, ISSUER, keyOf, openOAuth } from './oauth-server.js';
import { makeServices } from './services.js';
import { deferred } from './support/deferred.js';
import { privateFolder } from './support/private-folder.js';
import { runningServices } from './support/running-services.js';

const codec = encryption({ key: generateEncryptionKey() });
const HOUR = 3_600_000;
const linkOf = (userId: string) => ({ issuer: ISSUER, clientId: 'client', userId });

/** Two clients, as of two processes, over one database; their tokens are the same server's. */
const openTwo = (open: () => GrantStorage) => {
  const atlassian = fakeAtlassian();
  const clock = fakeClock();
  const clients = [open(), open()].map((storage) => {
    const opened = openOAuth(atlassian, {}, { ...storage, clock });
    const { provider, callOf } = opened;
    return {
      ...opened,
      storage,
      revoke: (id: string, accountId?: string) =>
        provider.revoke?.(callOf(id, accountId === undefined ? {} : { accountId })),
      token: async (id: string) => {
        const credential = await provider.credential(callOf(id));
        return credential && revealSecret(credential.authorization);
      },
    };
  });
  const [one, other] = clients;
  if (one === undefined || other === undefined) throw new Error('two clients');
  const dispose = async () => {
    for (const { storage } of clients) await storage.dispose();
  };
  return { atlassian, clock, one, other, dispose };
};

/** A refresh that stays at the token endpoint until it is let go. */
const holdRefresh = (atlassian: ReturnType<typeof fakeAtlassian>) => {
  const arrived = deferred<void>();
  const answer = deferred<void>();
  atlassian.answerTokensWith(async (form) => {
    if (form.get('grant_type') === 'refresh_token') {
      arrived.resolve();
      await answer.promise;
    }
    return atlassian.standard(form);
  });
  return { arrived: arrived.promise, letGo: () => answer.resolve() };
};

const casesOf = (newPlace: () => () => GrantStorage): void => {
  test('the grant and the link are gone for every client at once, and no other', async () => {
    const { one, other, dispose } = openTwo(newPlace());
    await one.consent('u1', 'ada');
    await one.consent('u2', 'bob');
    expect(await other.token('u1')).toBe('Bearer canary-access-1');
    expect(await one.revoke('u1')).toEqual({
      accountId: 'ada',
      atAtlassian: {
        url: 'https://id.atlassian.com/manage-profile/apps',
        what: expect.stringContaining('Connected apps'),
      },
    });
    for (const client of [one, other]) {
      expect(await client.token('u1')).toBeUndefined();
      expect(await client.token('u2')).toBe('Bearer canary-access-2');
      expect(await client.storage.grants.read(keyOf('ada'))).toBeUndefined();
      expect(await client.storage.links.read(linkOf('u1'))).toBeUndefined();
    }
    await other.consent('u1', 'ada');
    expect(await one.token('u1')).toBe('Bearer canary-access-3');
    await dispose();
  });

  test('a refresh under way in either client brings nothing back', async () => {
    for (const which of ['one', 'other'] as const) {
      const { atlassian, clock, dispose, ...clients } = openTwo(newPlace());
      const { one, other } = clients;
      await one.consent('u1', 'ada');
      await clock.advance(HOUR);
      const refresh = holdRefresh(atlassian);
      const callers = Promise.all(Array.from({ length: 5 }, () => one.token('u1')));
      await refresh.arrived;
      expect(await clients[which].revoke('u1')).toMatchObject({ accountId: 'ada' });
      refresh.letGo();
      expect(new Set(await callers)).toEqual(new Set([undefined]));
      expect(await other.storage.grants.read(keyOf('ada'))).toBeUndefined();
      expect(await one.token('u1')).toBeUndefined();
      await dispose();
    }
  });

  test('a consent after it is kept when the old refresh comes back late', async () => {
    const { atlassian, clock, one, other, dispose } = openTwo(newPlace());
    await one.consent('u1', 'ada');
    await clock.advance(HOUR);
    const refresh = holdRefresh(atlassian);
    const late = one.token('u1');
    await refresh.arrived;
    await other.revoke('u1');
    // The lease is held by the refresh; the consent waits for it.
    const consent = other.consent('u1', 'ada');
    refresh.letGo();
    await Promise.all([late, consent]);
    const stored = await one.storage.grants.read(keyOf('ada'));
    expect(stored?.grantedAt).toBeGreaterThanOrEqual(clock.now() - 10_000);
    expect(await one.token('u1')).toBe(await other.token('u1'));
    expect(await one.token('u1')).toBeDefined();
    await dispose();
  });
};

describe('over one SQLite file', async () => {
  const folder = await privateFolder();
  afterAll(() => folder[Symbol.asyncDispose]());
  const newPath = () => join(folder.path, randomUUID(), 'grants.db');
  casesOf(() => {
    const path = newPath();
    return () => sqliteGrants({ path, encryption: codec });
  });

  test('a grant that no key opens any more can be revoked all the same', async () => {
    const path = newPath();
    const { one, dispose } = openTwo(() => sqliteGrants({ path, encryption: codec }));
    await one.consent('u1', 'ada');
    await one.storage.links.delete(linkOf('u1'));
    await dispose();
    const other = encryption({ key: generateEncryptionKey() });
    const later = openTwo(() => sqliteGrants({ path, encryption: other }));
    expect(await later.one.revoke('u1', 'ada')).toMatchObject({ accountId: 'ada' });
    expect(await later.one.storage.grants.read(keyOf('ada'))).toBeUndefined();
    await later.dispose();
  });
});

describe.skipIf(runningServices === undefined)('over one Redis', () => {
  const url = runningServices?.redis.url ?? '';
  casesOf(() => {
    const prefix = `test:${randomUUID()}:`;
    return () => redisGrants({ url, prefix, encryption: codec });
  });
});

describe.skipIf(runningServices === undefined)('over one PostgreSQL', () => {
  const connectionString = runningServices?.postgres.url ?? '';
  casesOf(() => {
    const table = `t_${randomUUID().replaceAll('-', '_')}`;
    return () => postgresGrants({ connectionString, table, encryption: codec });
  });
});

describe('in memory', () => {
  casesOf(() => {
    const storage = memoryStorage();
    return () => storage;
  });

  const open = () => {
    const storage = memoryStorage();
    return openTwo(() => storage);
  };

  test('of nobody is no error', async () => {
    const { one } = open();
    const nothing = await one.revoke('u1');
    expect(nothing).toEqual({ atAtlassian: expect.objectContaining({ url: expect.any(String) }) });
    expect(await one.revoke('u1', 'ada')).toEqual(nothing);
  });

  test('of a user whose account is vouched for needs no link, and takes the linked one along', async () => {
    const { one } = open();
    await one.consent('u1', 'ada');
    await one.consent('u2', 'eve');
    await one.storage.links.write(linkOf('u1'), 'eve');
    expect(await one.revoke('u1', 'ada')).toMatchObject({ accountId: 'ada' });
    expect(await one.storage.grants.read(keyOf('ada'))).toBeUndefined();
    expect(await one.storage.grants.read(keyOf('eve'))).toBeUndefined();
    expect(await one.storage.links.read(linkOf('u1'))).toBeUndefined();
  });

  test('that failed half way is completed by the next', async () => {
    const { one } = open();
    await one.consent('u1', 'ada');
    const { links } = one.storage;
    const { delete: remove } = links;
    Object.assign(links, { delete: () => Promise.reject(new Error('The connection was lost.')) });
    await expect(one.revoke('u1')).rejects.toThrow('The connection was lost.');
    expect(await one.token('u1')).toBeUndefined();
    Object.assign(links, { delete: remove });
    await one.revoke('u1');
    expect(await links.read(linkOf('u1'))).toBeUndefined();
  });

  test('ends a renewal ahead of time and one after a 401 too', async () => {
    const { atlassian, clock, one } = open();
    await one.consent('u1', 'ada');
    await clock.advance(HOUR - 60_000);
    const refresh = holdRefresh(atlassian);
    expect(await one.token('u1')).toBe('Bearer canary-access-1');
    await refresh.arrived;
    await one.revoke('u1');
    refresh.letGo();
    await clock.advance(0);
    expect(await one.storage.grants.read(keyOf('ada'))).toBeUndefined();
    const rejected = {
      authorization: new Secret('Bearer canary-access-1'),
      base: 'https://x.example/',
    };
    const { provider, callOf } = one;
    const renewed = provider.renew?.(callOf('u1'), rejected, new Response(null, { status: 401 }));
    expect(await renewed).toBeUndefined();
  });

  test('lets go of a new token that the store had not taken', async () => {
    const { atlassian, clock, one } = open();
    await one.consent('u1', 'ada');
    await clock.advance(HOUR);
    const { grants } = one.storage;
    const { exclusive } = grants;
    Object.assign(grants, {
      exclusive: async (
        key: never,
        decide: (grant: Grant | undefined, s: AbortSignal) => never,
      ) => {
        await decide(await grants.read(key), new AbortController().signal);
        throw new Error('The connection was lost.');
      },
    });
    await expect(one.token('u1')).rejects.toThrow('The connection was lost.');
    Object.assign(grants, { exclusive });
    const before = await grants.read(keyOf('ada'));
    await one.revoke('u1');
    // As if a copy of the database were put back.
    if (before !== undefined) await grants.exclusive(keyOf('ada'), async () => ({ write: before }));
    await one.storage.links.write(linkOf('u1'), 'ada');
    expect(await one.token('u1')).toBeUndefined();
    expect(atlassian.forms.at(-1)?.get('refresh_token')).toBe('canary-refresh-1');
  });
});

test('at Data Center the person ends the access at their own site', async () => {
  const site = dataCenter('https://intranet.example.com/confluence');
  const provider = dataCenterOAuth({
    clientId: 'client',
    clientSecret: 'canary-secret',
    redirectUri: 'https://app.example/callback',
    scopes: ['READ'],
  })(makeServices());
  const { callOf } = openOAuth();
  expect(await provider.revoke?.({ ...callOf('u1'), site })).toEqual({
    atAtlassian: { url: site.url, what: expect.stringContaining('View Authorised Applications') },
  });
  expect(() => provider.authorization?.(callOf('u1'))).toThrow(/dataCenterOAuth/);
});
