import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import type { LeasedTable } from '../../src/grants/leased-table.js';

const idsOf = async (table: LeasedTable, prefix: string): Promise<string[]> => {
  const ids: string[] = [];
  for await (const id of table.ids(prefix)) ids.push(id);
  return ids.sort();
};

const versionOf = async (table: LeasedTable): Promise<number> =>
  (await table.read('grant/a'))?.version ?? 0;

type Check = (table: LeasedTable, peer: LeasedTable) => Promise<void>;

const CASES: Readonly<Record<string, Check>> = {
  async 'a row is read as it was put, with a version that rises'(table, peer) {
    expect(await table.read('grant/a')).toBeUndefined();
    await table.put('grant/a', 'one');
    const first = await peer.read('grant/a');
    expect(first).toEqual({ version: expect.any(Number), value: 'one' });
    await peer.put('grant/a', 'two');
    const second = await table.read('grant/a');
    expect(second?.value).toBe('two');
    expect(second?.version).toBeGreaterThan(first?.version ?? Number.NaN);
  },

  async 'a long value with any text is kept'(table, peer) {
    const value = `ä'"%_\\💧\n${'x'.repeat(100_000)}`;
    await table.put('grant/a', value);
    expect((await peer.read('grant/a'))?.value).toBe(value);
  },

  async 'swap writes only over the version that was seen'(table, peer) {
    expect(await table.swap('grant/a', 1, 'no row yet')).toBe(false);
    expect(await table.swap('grant/a', 0, 'one')).toBe(true);
    expect(await peer.swap('grant/a', 0, 'too late')).toBe(false);
    const seen = await versionOf(table);
    expect(await peer.swap('grant/a', seen, 'two')).toBe(true);
    expect(await table.swap('grant/a', seen, 'too late')).toBe(false);
    expect((await table.read('grant/a'))?.value).toBe('two');
  },

  async 'swap removes only the version that was seen'(table, peer) {
    await table.put('grant/a', 'one');
    const old = await versionOf(table);
    await table.put('grant/a', 'two');
    expect(await peer.swap('grant/a', old, undefined)).toBe(false);
    const seen = await versionOf(peer);
    expect(await peer.swap('grant/a', seen, undefined)).toBe(true);
    expect(await table.read('grant/a')).toBeUndefined();
    expect(await table.swap('grant/a', seen, undefined)).toBe(false);
    expect(await table.swap('grant/a', 0, undefined)).toBe(true);
  },

  async 'a row that is removed and written anew has another version'(table, peer) {
    await table.put('grant/a', 'one');
    const seen = await versionOf(table);
    await peer.remove('grant/a');
    await wait(5);
    await peer.swap('grant/a', 0, 'anew');
    expect(await versionOf(table)).toBeGreaterThan(seen);
    expect(await table.swap('grant/a', seen, 'late')).toBe(false);
    expect((await peer.read('grant/a'))?.value).toBe('anew');
  },

  async 'of many swaps at once one wins'(table, peer) {
    await table.put('grant/a', 'old');
    const seen = await versionOf(table);
    const swaps = Array.from({ length: 10 }, (_, index) =>
      (index % 2 === 0 ? table : peer).swap('grant/a', seen, `${index}`),
    );
    const winners = (await Promise.all(swaps)).flatMap((won, index) => (won ? [`${index}`] : []));
    expect(winners).toHaveLength(1);
    expect((await peer.read('grant/a'))?.value).toBe(winners[0]);
  },

  async 'remove removes one row, and nothing is no error'(table, peer) {
    await table.remove('grant/a');
    await table.put('grant/a', 'one');
    await table.put('grant/ab', 'other');
    await peer.remove('grant/a');
    expect(await table.read('grant/a')).toBeUndefined();
    expect((await table.read('grant/ab'))?.value).toBe('other');
  },

  async 'ids are those that begin with the prefix, each once'(table, peer) {
    const all = ['grant/A/b', 'grant/a', 'grant/a/b', 'grant/a/c', 'grant/ab', 'link/a/b'];
    for (const id of all) await table.put(id, 'x');
    await table.acquire('grant/a/leased', 'holder', 60_000);
    expect(await idsOf(peer, '')).toEqual(all);
    expect(await idsOf(peer, 'grant/a/')).toEqual(['grant/a/b', 'grant/a/c']);
    expect(await idsOf(peer, 'grant/a')).toEqual(['grant/a', 'grant/a/b', 'grant/a/c', 'grant/ab']);
    expect(await idsOf(peer, 'nothing/')).toEqual([]);
    await table.pending.put('grant/a/pending', 'x', 60_000);
    expect(await idsOf(peer, '')).toEqual(all);
  },

  async 'wildcards of a pattern have no effect in ids'(table) {
    await table.put('grant/a', 'x');
    for (const prefix of ['*', 'grant/*', 'grant/?', 'grant/[a]', '%', 'grant/_', '\\', "'"]) {
      expect(await idsOf(table, prefix)).toEqual([]);
    }
  },

  async 'more ids than one page are all listed'(table, peer) {
    const ids = Array.from({ length: 1_201 }, (_, index) => `grant/${index}`);
    for (const id of ids) await table.put(id, 'x');
    expect(await idsOf(peer, 'grant/')).toEqual(ids.toSorted());
  },

  async 'one holder at a time, until it gives the lease back'(table, peer) {
    expect(await table.acquire('grant/a', 'one', 60_000)).toEqual({ isHeld: true });
    const refused = await peer.acquire('grant/a', 'two', 60_000);
    expect(refused).toEqual({ isHeld: false, remainingMs: expect.any(Number) });
    if (!refused.isHeld) {
      expect(refused.remainingMs).toBeGreaterThan(50_000);
      expect(refused.remainingMs).toBeLessThanOrEqual(60_000);
    }
    expect(await peer.acquire('grant/b', 'two', 60_000)).toEqual({ isHeld: true });
    await table.release('grant/a', 'one');
    expect(await peer.acquire('grant/a', 'two', 60_000)).toEqual({ isHeld: true });
  },

  async 'only its holder gives a lease back'(table, peer) {
    await table.acquire('grant/a', 'one', 60_000);
    await peer.release('grant/a', 'two');
    expect((await peer.acquire('grant/a', 'two', 60_000)).isHeld).toBe(false);
    await peer.release('grant/nothing', 'two');
  },

  async 'a lease ends by itself'(table, peer) {
    await table.acquire('grant/a', 'one', 50);
    await wait(80);
    expect(await peer.acquire('grant/a', 'two', 60_000)).toEqual({ isHeld: true });
    await table.release('grant/a', 'one');
    expect((await table.acquire('grant/a', 'three', 60_000)).isHeld).toBe(false);
  },

  async 'a lease lasts as long as its own holder asked for, whatever others ask for'(table, peer) {
    expect(await table.acquire('grant/a', 'one', 60_000)).toEqual({ isHeld: true });
    expect((await peer.acquire('grant/a', 'two', 50)).isHeld).toBe(false);
    await peer.acquire('grant/b', 'two', 50);
    await wait(80);
    expect(await table.acquire('grant/b', 'one', 60_000)).toEqual({ isHeld: true });
  },

  async 'a lease is no row, and stops nobody from writing one'(table, peer) {
    await table.acquire('grant/a', 'one', 60_000);
    expect(await peer.read('grant/a')).toBeUndefined();
    expect(await peer.swap('grant/a', 0, 'x')).toBe(true);
    await peer.remove('grant/a');
    expect((await peer.acquire('grant/a', 'two', 60_000)).isHeld).toBe(false);
  },

  async 'a pending row is apart from the row of the same id'(table, peer) {
    await table.put('grant/a', 'row');
    await table.pending.put('grant/a', 'pending', 60_000);
    expect((await peer.read('grant/a'))?.value).toBe('row');
    expect(await peer.pending.read('grant/a')).toBe('pending');
    await peer.remove('grant/a');
    expect(await table.pending.take('grant/a')).toBe('pending');
    expect(await peer.pending.take('grant/a')).toBeUndefined();
  },

  async 'a sweep leaves what has not ended'(table, peer) {
    await table.pending.put('pending/a', 'ended', 1);
    await table.pending.put('pending/b', 'kept', 60_000);
    await wait(5);
    await peer.pending.sweep();
    expect(await table.pending.read('pending/a')).toBeUndefined();
    expect(await table.pending.take('pending/b')).toBe('kept');
  },

  async 'of many that ask at once one gets the lease'(table, peer) {
    const asked = Array.from({ length: 10 }, (_, index) =>
      (index % 2 === 0 ? table : peer).acquire('grant/a', `${index}`, 60_000),
    );
    expect((await Promise.all(asked)).filter(({ isHeld }) => isHeld)).toHaveLength(1);
  },
};

/** What every `LeasedTable` must keep to, on the real clock; `peer` is another handle on the same data. */
export const leasedTableCases = (
  open: () => Promise<{ readonly table: LeasedTable; readonly peer: LeasedTable }>,
): readonly { readonly name: string; readonly run: () => Promise<void> }[] =>
  Object.entries(CASES).map(([name, check]) => ({
    name,
    async run() {
      const { table, peer } = await open();
      try {
        await check(table, peer);
      } finally {
        await peer.close();
        await table.close();
      }
    },
  }));
