import { type GrantStore, type PendingRecords, systemClock } from '@tributary/pipeline';
import {
  accountLinksConformance,
  fakeClock,
  grantStoreConformance,
  pendingRecordsConformance,
} from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { GrantStoreError } from '../src/grants/grant-store-error.js';
import { leasedGrants } from '../src/grants/leased-grants.js';
import {
  ID,
  key,
  listKeys,
  makeGrant,
  setUp,
  slowHolder,
  tokenOf,
  write,
} from './support/leased-stores.js';
import { leasedTableCases } from './support/leased-table-cases.js';
import { memoryDatabase } from './support/memory-table.js';
import { plainCodec } from './support/plain-codec.js';

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
