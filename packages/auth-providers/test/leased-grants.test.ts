import {
  type Grant,
  type GrantStore,
  type PendingRecords,
  revealSecret,
  Secret,
  systemClock,
} from '@tributary/pipeline';
import {
  accountLinksConformance,
  fakeClock,
  grantStoreConformance,
  pendingRecordsConformance,
} from '@tributary/testing';
import { describe, expect, test, vi } from 'vitest';
import { grantToText } from '../src/grants/grant-json.js';
import { GrantStoreError } from '../src/grants/grant-store-error.js';
import { type LeasedGrantsOptions, leasedGrants } from '../src/grants/leased-grants.js';
import { grantOpener } from '../src/grants/open-grant.js';
import { deferred } from './support/deferred.js';
import { leasedTableCases } from './support/leased-table-cases.js';
import { memoryDatabase } from './support/memory-table.js';
import { plainCodec } from './support/plain-codec.js';

const key = { issuer: 'https://auth.example', clientId: 'client', accountId: 'ada' };
const ID = 'grant/https=3A=2F=2Fauth.example/client/ada';

const makeGrant = (token: string, overrides: Partial<Grant> = {}): Grant => ({
  accessToken: new Secret(`canary-access-${token}`),
  refreshToken: new Secret(token),
  scopes: ['read:me'],
  expiresAt: 2,
  obtainedAt: 1,
  grantedAt: 0,
  sites: [],
  ...overrides,
});

const tokenOf = (grant: Grant | undefined) =>
  grant?.refreshToken && revealSecret(grant.refreshToken);

/** Two processes' stores on one database, whose clock and theirs stand still. */
const setUp = (options: Partial<LeasedGrantsOptions> = {}) => {
  const clock = fakeClock();
  const database = memoryDatabase({ now: clock.now });
  const open = () =>
    leasedGrants(database.handle(), { codec: plainCodec, clock, random: () => 0.5, ...options });
  const one = open();
  const other = open();
  return { clock, database, open, one, other };
};

const write = (grants: GrantStore, token: string, overrides: Partial<Grant> = {}) =>
  grants.exclusive(key, async () => ({ write: makeGrant(token, overrides) }));

const listKeys = async (grants: GrantStore) => {
  for await (const key of grants.list({})) return key;
  return undefined;
};

/** A holder that decides when it is told to. */
const slowHolder = (grants: GrantStore) => {
  const { promise, resolve } = deferred<Grant | 'keep' | 'delete'>();
  const seen = deferred<{ grant: Grant | undefined; signal: AbortSignal }>();
  const result = grants.exclusive(key, async (grant, signal) => {
    seen.resolve({ grant, signal });
    const decision = await promise;
    return typeof decision === 'string' ? decision : { write: decision };
  });
  result.catch(() => {});
  return { decide: resolve, seen: seen.promise, result };
};

describe('the table fixture', () => {
  const cases = leasedTableCases(async () => {
    const database = memoryDatabase({ now: systemClock.now });
    return { table: database.handle(), peer: database.handle() };
  });
  for (const { name, run } of cases) test(name, run);
});

describe('the contract', () => {
  const databases = new WeakMap<GrantStore, () => GrantStore>();
  const create = () => {
    const database = memoryDatabase({ now: systemClock.now });
    const open = () => leasedGrants(database.handle(), { codec: plainCodec }).grants;
    const store = open();
    databases.set(store, open);
    return store;
  };
  const peer = (store: GrantStore) => databases.get(store)?.() ?? store;
  for (const { name, run } of grantStoreConformance({ create, peer })) test(name, run);

  const links = () =>
    leasedGrants(memoryDatabase({ now: Date.now }).handle(), { codec: plainCodec }).links;
  for (const { name, run } of accountLinksConformance({ create: links })) test(name, run);

  const clock = fakeClock();
  const others = new WeakMap<PendingRecords, () => PendingRecords>();
  const records = () => {
    const database = memoryDatabase({ now: clock.now });
    const open = () => leasedGrants(database.handle(), { codec: plainCodec, clock }).pending;
    const opened = open();
    others.set(opened, open);
    return opened;
  };
  const cases = pendingRecordsConformance({
    create: records,
    peer: (of) => others.get(of)?.() ?? of,
    pass: clock.advance,
  });
  for (const { name, run } of cases) test(name, run);
});

describe('waiting for the lease', () => {
  test('another process waits until it is given back, and looks again soon', async () => {
    const { clock, one, other } = setUp();
    const first = slowHolder(one.grants);
    await first.seen;
    const second = write(other.grants, 'second');
    await clock.advance(3_000);
    first.decide(makeGrant('first'));
    expect(tokenOf(await first.result)).toBe('first');
    await clock.advance(200);
    expect(tokenOf(await second)).toBe('second');
    expect(clock.pending).toBe(0);
  });

  test('a dead holder blocks nobody past its lease', async () => {
    const { clock, database, one } = setUp();
    await database.handle().acquire(ID, 'dead', 60_000);
    const waiting = write(one.grants, 'next');
    await clock.advance(59_999);
    expect(await one.grants.read(key)).toBeUndefined();
    await clock.advance(1);
    expect(tokenOf(await waiting)).toBe('next');
  });

  test('one process asks for one lease at a time', async () => {
    const { clock, database, one } = setUp();
    const first = slowHolder(one.grants);
    await first.seen;
    const rest = Promise.all(['b', 'c', 'd'].map((token) => write(one.grants, token)));
    await clock.advance(1_000);
    expect(database.acquired).toEqual([ID]);
    expect(clock.pending).toBe(2);
    first.decide('keep');
    await rest;
    expect(database.acquired).toHaveLength(4);
  });
});

describe('the end of a lease', () => {
  test('is told 5 s ahead, and the next in the process has its turn', async () => {
    const { clock, one } = setUp();
    const hanging = slowHolder(one.grants);
    const { signal } = await hanging.seen;
    const next = write(one.grants, 'next');
    await clock.advance(54_999);
    expect(signal.aborted).toBe(false);
    await clock.advance(1);
    expect(signal.aborted).toBe(true);
    expect(await one.grants.read(key)).toBeUndefined();
    await clock.advance(5_000);
    expect(tokenOf(await next)).toBe('next');
    hanging.decide('keep');
    expect(tokenOf(await hanging.result)).toBe('next');
    expect(clock.pending).toBe(0);
  });

  test('is told at its half when it is short', async () => {
    const { clock, one } = setUp({ leaseMs: 2_000 });
    const hanging = slowHolder(one.grants);
    const { signal } = await hanging.seen;
    await clock.advance(999);
    expect(signal.aborted).toBe(false);
    await clock.advance(1);
    expect(signal.aborted).toBe(true);
    hanging.decide('keep');
    await hanging.result;
  });
});

describe('a late holder', () => {
  const late = async () => {
    const set = setUp();
    await write(set.one.grants, 'spent');
    const holder = slowHolder(set.one.grants);
    await holder.seen;
    await set.clock.advance(70_000);
    return { ...set, holder };
  };

  test('writes its new token while the spent one is still stored', async () => {
    const { holder, other } = await late();
    await other.grants.exclusive(key, async () => 'keep');
    holder.decide(makeGrant('rotated'));
    expect(tokenOf(await holder.result)).toBe('rotated');
    expect(tokenOf(await other.grants.read(key))).toBe('rotated');
  });

  test('writes it also beside what changed meanwhile and is not the token', async () => {
    const { holder, other } = await late();
    const site = { cloudId: 'c', url: 'https://c.example' };
    await write(other.grants, 'spent', { sites: [site] });
    holder.decide(makeGrant('rotated'));
    expect(tokenOf(await holder.result)).toBe('rotated');
  });

  test('adopts what a faster one stored', async () => {
    const { holder, other } = await late();
    await write(other.grants, 'newer');
    holder.decide(makeGrant('rotated'));
    expect(tokenOf(await holder.result)).toBe('newer');
    expect(tokenOf(await other.grants.read(key))).toBe('newer');
  });

  test('deletes nothing that is newer', async () => {
    const { holder, other } = await late();
    await write(other.grants, 'newer');
    holder.decide('delete');
    expect(tokenOf(await holder.result)).toBe('newer');
  });

  test('does not bring back what was deleted, and does not take a later consent for it', async () => {
    const { holder, other } = await late();
    await other.grants.delete(key);
    holder.decide(makeGrant('rotated'));
    expect(await holder.result).toBeUndefined();

    const again = await late();
    await again.other.grants.delete(key);
    await write(again.other.grants, 'consent', { grantedAt: 9 });
    again.holder.decide(makeGrant('rotated'));
    expect(tokenOf(await again.holder.result)).toBe('consent');
  });

  test('that comes from a later consent wins', async () => {
    const { holder, other } = await late();
    await write(other.grants, 'newer');
    holder.decide(makeGrant('consent', { grantedAt: 9 }));
    expect(tokenOf(await holder.result)).toBe('consent');
  });
});

describe('a holder that throws', () => {
  test('writes nothing, and the next process need not wait for the end of its lease', async () => {
    const { clock, one, other } = setUp();
    await write(one.grants, 'kept');
    const failure = new Error('down');
    const failing = one.grants.exclusive(key, async () => {
      throw failure;
    });
    await expect(failing).rejects.toBe(failure);
    expect(tokenOf(await other.grants.exclusive(key, async () => 'keep'))).toBe('kept');
    expect(clock.pending).toBe(0);
  });
});

describe('a database that fails', () => {
  const failure = new Error('connect to db.internal with password hunter2');

  test('is an error of its own that says nothing of the cause', async () => {
    const { database, one } = setUp();
    database.failWith(failure);
    const works = [
      () => one.grants.read(key),
      () => one.grants.delete(key),
      () => one.grants.exclusive(key, async () => 'keep'),
      () => listKeys(one.grants),
      () => one.links.read({ issuer: 'i', clientId: 'c', userId: 'u' }),
      () => one.links.write({ issuer: 'i', clientId: 'c', userId: 'u' }, 'a'),
    ];
    for (const work of works) {
      const error = await Promise.resolve(work()).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(GrantStoreError);
      expect(error).toMatchObject({ code: 'GRANT_STORE_FAILED', retryable: true });
      expect(JSON.stringify(error)).not.toContain('hunter2');
    }
  });

  test('for a moment loses no rotated token', async () => {
    const { clock, database, one } = setUp();
    const holder = slowHolder(one.grants);
    await holder.seen;
    database.failWith(failure);
    holder.decide(makeGrant('rotated'));
    await clock.advance(1_000);
    database.failWith(undefined);
    await clock.advance(4_000);
    expect(tokenOf(await holder.result)).toBe('rotated');
    expect(tokenOf(await one.grants.read(key))).toBe('rotated');
  });

  test('for longer is told', async () => {
    const { clock, database, one } = setUp();
    const holder = slowHolder(one.grants);
    await holder.seen;
    database.failWith(failure);
    holder.decide(makeGrant('rotated'));
    await clock.advance(10_000);
    await expect(holder.result).rejects.toBeInstanceOf(GrantStoreError);
  });

  test('that wrote, but could not say so, has written', async () => {
    const { clock, database, one } = setUp();
    await write(one.grants, 'spent');
    database.loseNextAnswer('swap');
    const result = write(one.grants, 'rotated');
    await clock.advance(1_000);
    expect(tokenOf(await result)).toBe('rotated');
    expect(tokenOf(await one.grants.read(key))).toBe('rotated');
  });
});

test('a lease whose answer was lost is given back, and not waited for', async () => {
  const { database, one, other } = setUp();
  database.loseNextAnswer('acquire');
  await expect(write(one.grants, 'x')).rejects.toBeInstanceOf(GrantStoreError);
  expect(tokenOf(await write(other.grants, 'next'))).toBe('next');
});

describe('opening what is stored', () => {
  test('happens once for each text, and for no more grants than are remembered', async () => {
    const open = vi.fn(async (_: string, sealed: string) => sealed);
    const { open: openGrant, forget } = grantOpener({ ...plainCodec, open }, 2);
    const text = (token: string) => grantToText(makeGrant(token));
    expect(tokenOf(await openGrant('a', text('one')))).toBe('one');
    expect(tokenOf(await openGrant('a', text('one')))).toBe('one');
    expect(open).toHaveBeenCalledTimes(1);
    expect(tokenOf(await openGrant('a', text('two')))).toBe('two');
    expect(tokenOf(await openGrant('b', text('two')))).toBe('two');
    expect(open).toHaveBeenCalledTimes(3);
    await openGrant('c', text('three'));
    await openGrant('b', text('two'));
    expect(open).toHaveBeenCalledTimes(4);
    await openGrant('a', text('two'));
    expect(open).toHaveBeenCalledTimes(5);
    forget('a');
    await openGrant('a', text('two'));
    expect(open).toHaveBeenCalledTimes(6);
  });
});

describe('dispose', () => {
  test('lets a holder write, turns away who waits, and is done once', async () => {
    const { clock, one, other } = setUp();
    const holder = slowHolder(one.grants);
    await holder.seen;
    const waiting = write(one.grants, 'waiting').catch((error: unknown) => error);
    const disposal = one.dispose();
    expect(one.dispose()).toBe(disposal);
    holder.decide(makeGrant('rotated'));
    expect(tokenOf(await holder.result)).toBe('rotated');
    expect(await waiting).toMatchObject({ code: 'GRANT_STORE_FAILED', retryable: false });
    await disposal;
    expect(tokenOf(await other.grants.read(key))).toBe('rotated');
    await expect(one.grants.read(key)).rejects.toBeInstanceOf(GrantStoreError);
    await expect(write(one.grants, 'x')).rejects.toBeInstanceOf(GrantStoreError);
    expect(clock.pending).toBe(0);
  });

  test('ends the waiting for another process', async () => {
    const { clock, one, other } = setUp();
    const holder = slowHolder(one.grants);
    await holder.seen;
    const waiting = write(other.grants, 'waiting').catch((error: unknown) => error);
    await clock.advance(100);
    await other.dispose();
    expect(await waiting).toMatchObject({ message: 'The grant store is closed.' });
    holder.decide('keep');
    await holder.result;
  });
});

test.for([
  ['leaseMs', 0],
  ['leaseMs', Number.NaN],
  ['warningMs', -1],
] as const)('%s can not be %d', ([field, value]) => {
  expect(() => setUp({ [field]: value })).toThrow(new RegExp(`^${field}: `));
});

test('a table that knows no pending values is a config error, which says what is missing', () => {
  const { pending: _, ...table } = memoryDatabase({ now: Date.now }).handle();
  expect(() => leasedGrants(table as never, { codec: plainCodec })).toThrow(
    expect.objectContaining({
      code: 'CONFIG_INVALID',
      field: 'table',
      message: expect.stringContaining('ExpiringRows'),
    }),
  );
});
