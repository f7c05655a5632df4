import { fakeClock, pendingRecordsConformance } from '@tributary/testing';
import { describe, expect, test, vi } from 'vitest';
import { leasedGrants } from '../src/grants/leased-grants.js';
import { memoryRows } from '../src/grants/memory-rows.js';
import { memoryStorage } from '../src/index.js';
import { memoryDatabase } from './support/memory-table.js';
import { plainCodec } from './support/plain-codec.js';

const HOUR_MS = 3_600_000;

/** Two processes' records in one database. */
const setUp = () => {
  const clock = fakeClock();
  const database = memoryDatabase({ now: clock.now });
  const open = () => leasedGrants(database.handle(), { codec: plainCodec, clock });
  return { clock, database, open };
};

describe('in memory', () => {
  const clock = fakeClock();
  const cases = pendingRecordsConformance({
    create: () => memoryStorage({ clock }).pending,
    pass: clock.advance,
  });
  for (const { name, run } of cases) test(name, run);

  test('what was written first goes first when it is full', async () => {
    const rows = memoryRows(fakeClock(), 3_000);
    await rows.put('a', 'x'.repeat(800), HOUR_MS);
    await rows.put('b', 'x'.repeat(800), HOUR_MS);
    await rows.put('a', 'x'.repeat(800), HOUR_MS);
    expect(await rows.read('b')).toBeDefined();
    await rows.put('c', 'x'.repeat(800), HOUR_MS);
    await rows.put('d', 'x'.repeat(800), HOUR_MS);
    const kept = await Promise.all(['a', 'b', 'c', 'd'].map((id) => rows.read(id)));
    expect(kept.map((value) => value !== undefined)).toEqual([true, false, true, true]);
    await expect(rows.put('e', 'x'.repeat(3_000), HOUR_MS)).rejects.toMatchObject({
      code: 'GRANT_STORE_FAILED',
      retryable: false,
    });
    expect(await rows.read('d')).toBeDefined();
  });

  test('small values count too', async () => {
    const rows = memoryRows(fakeClock(), 10_000);
    for (let at = 0; at < 1_000; at += 1) await rows.put(`${at}`, '', HOUR_MS);
    const kept = await Promise.all(Array.from({ length: 1_000 }, (_, at) => rows.read(`${at}`)));
    expect(kept.filter((value) => value !== undefined).length).toBeLessThan(100);
    expect(kept.at(-1)).toBe('');
  });
});

describe('what has ended', () => {
  test('is removed when the last of it ends, and then no timer is left', async () => {
    const { clock, database, open } = setUp();
    const { pending } = open();
    await pending.write('a', '1', 10_000);
    await pending.write('b', '2', 5_000);
    expect(database.pending.size).toBe(2);
    expect(clock.pending).toBe(1);
    await clock.advance(10_100);
    expect(database.pending.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('is removed within 10 s while later records are awaited', async () => {
    const { clock, database, open } = setUp();
    const { pending } = open();
    await pending.write('long', '1', HOUR_MS);
    await pending.write('short', '2', 1_000);
    await clock.advance(11_100);
    expect(database.pending.size).toBe(1);
    await clock.advance(HOUR_MS);
    expect(database.pending.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('is removed for processes that are no more by the next one that uses the store', async () => {
    for (const use of ['read', 'take', 'write'] as const) {
      const { clock, database, open } = setUp();
      const dead = open();
      await dead.pending.write('a', '1', 1_000);
      await dead.dispose();
      await clock.advance(2_000);
      expect(database.pending.size).toBe(1);
      const next = open();
      if (use === 'write') await next.pending.write('b', '2', 1_000);
      else await next.pending[use]('b');
      expect([...database.pending.values()].map(({ value }) => value)).toEqual(
        use === 'write' ? ['2'] : [],
      );
      await next.dispose();
      expect(clock.pending).toBe(0);
    }
  });

  test('is tried to be removed again when the database is away for a while', async () => {
    const { clock, database, open } = setUp();
    const { pending } = open();
    await pending.write('a', '1', 1_000);
    database.failWith(new Error('The connection was lost.'));
    await clock.advance(11_000);
    expect(database.pending.size).toBe(1);
    database.failWith(undefined);
    await clock.advance(20_000);
    expect(database.pending.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test('keeps no process waiting', async () => {
    const clock = fakeClock();
    const setTimer = vi.spyOn(clock, 'setTimer');
    await memoryStorage({ clock }).pending.write('a', '1', 1_000);
    expect(setTimer).toHaveBeenCalledExactlyOnceWith(expect.any(Function), expect.any(Number), {
      isIdle: true,
    });
  });
});

test('a database that fails is an error, and nothing is written later', async () => {
  const { database, open } = setUp();
  const { pending } = open();
  database.failWith(new Error('The disk is full.'));
  const error = { code: 'GRANT_STORE_FAILED', retryable: true };
  await expect(pending.write('a', '1', 1_000)).rejects.toMatchObject(error);
  await expect(pending.read('a')).rejects.toMatchObject(error);
  await expect(pending.take('a')).rejects.toMatchObject(error);
  await expect(pending.delete('a')).rejects.toMatchObject(error);
  database.failWith(undefined);
  expect(await pending.read('a')).toBeUndefined();
  expect(database.pending.size).toBe(0);
});
