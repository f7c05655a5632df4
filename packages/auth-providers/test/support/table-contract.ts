import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { LeasedTable } from '../../src/grants/leased-table.js';

export interface TableContract {
  /** A table that holds nothing, and a second one on the same data, as another process has it. */
  readonly open: () => Promise<readonly [LeasedTable, LeasedTable]>;
}

const LEASE_MS = 60_000;

/** What every database under the grants must keep to. */
export const tableContract = (name: string, { open }: TableContract): void => {
  let table: LeasedTable;
  let peer: LeasedTable;

  const idsOf = async (prefix: string): Promise<string[]> => {
    const ids: string[] = [];
    for await (const id of table.ids(prefix)) ids.push(id);
    return ids.sort();
  };

  const versionOf = async (id: string): Promise<number> => (await table.read(id))?.version ?? 0;

  describe(`${name}: a table with leases`, () => {
    beforeEach(async () => {
      [table, peer] = await open();
    });
    afterEach(async () => {
      await table.close();
      await peer.close();
    });

    test('what is put is read, and each write raises the version by one', async () => {
      expect(await table.read('grant/a')).toBeUndefined();
      await table.put('grant/a', 'one');
      const first = await peer.read('grant/a');
      expect(first?.value).toBe('one');
      const version = first?.version ?? 0;
      expect(Number.isSafeInteger(version) && version >= 1).toBe(true);
      await peer.put('grant/a', 'two');
      expect(await table.read('grant/a')).toEqual({ version: version + 1, value: 'two' });
      await table.put('grant/a', '');
      expect(await table.read('grant/a')).toEqual({ version: version + 2, value: '' });
    });

    test('a value may be long', async () => {
      const value = 'x'.repeat(200_000);
      await table.put('grant/a', value);
      expect((await peer.read('grant/a'))?.value).toBe(value);
    });

    test('swap writes only over the version that was seen', async () => {
      expect(await table.swap('grant/a', 5, 'early')).toBe(false);
      expect(await table.swap('grant/a', 0, 'one')).toBe(true);
      expect(await peer.swap('grant/a', 0, 'other')).toBe(false);
      const version = await versionOf('grant/a');
      expect(await peer.swap('grant/a', version, 'two')).toBe(true);
      expect(await table.swap('grant/a', version, 'late')).toBe(false);
      expect(await table.read('grant/a')).toEqual({ version: version + 1, value: 'two' });
    });

    test('swap removes only the version that was seen', async () => {
      expect(await table.swap('grant/a', 0, undefined)).toBe(true);
      await table.put('grant/a', 'one');
      const version = await versionOf('grant/a');
      expect(await table.swap('grant/a', 0, undefined)).toBe(false);
      expect(await table.swap('grant/a', version + 1, undefined)).toBe(false);
      expect(await table.read('grant/a')).toEqual({ version, value: 'one' });
      expect(await peer.swap('grant/a', version, undefined)).toBe(true);
      expect(await table.read('grant/a')).toBeUndefined();
    });

    test('of many who swap at once, one wins', async () => {
      await table.put('grant/a', 'start');
      const version = await versionOf('grant/a');
      const work = Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? table : peer).swap('grant/a', version, `value-${index}`),
      );
      const won = (await Promise.all(work)).flatMap((isWritten, index) => (isWritten ? index : []));
      expect(won).toHaveLength(1);
      expect((await table.read('grant/a'))?.value).toBe(`value-${won[0]}`);

      const first = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? table : peer).swap('grant/new', 0, `value-${index}`),
        ),
      );
      expect(first.filter(Boolean)).toHaveLength(1);
    });

    test('remove removes one row, and a second time nothing', async () => {
      await table.put('grant/a', 'one');
      await table.put('grant/b', 'two');
      await peer.remove('grant/a');
      await table.remove('grant/a');
      expect(await table.read('grant/a')).toBeUndefined();
      expect((await table.read('grant/b'))?.value).toBe('two');
    });

    test('ids yields what begins with the prefix, each once, and no lease', async () => {
      const many = Array.from({ length: 1203 }, (_, index) => `grant/many/${index}`);
      const others = ['grant/a', 'grant/a=2Fb', 'grant/ab', 'grant/A', 'grant/a/b', 'link/a'];
      await Promise.all([...many, ...others].map((id) => table.put(id, 'x')));
      await table.acquire('grant/leased', 'holder', LEASE_MS);
      expect(await idsOf('grant/many/')).toEqual(many.sort());
      expect(await idsOf('grant/a')).toEqual(['grant/a', 'grant/a/b', 'grant/a=2Fb', 'grant/ab']);
      expect(await idsOf('grant/a/')).toEqual(['grant/a/b']);
      expect(await idsOf('link/')).toEqual(['link/a']);
      expect(await idsOf('')).toHaveLength(many.length + others.length);
    });

    test('wildcards of a pattern have no effect in ids', async () => {
      await table.put('grant/a', 'x');
      for (const prefix of ['*', 'grant/*', 'grant/?', 'grant/[a]', '%', 'grant/_', '\\', "'"]) {
        expect(await idsOf(prefix)).toEqual([]);
      }
    });

    test('a lease has one holder, over all connections', async () => {
      expect(await table.acquire('grant/a', 'one', LEASE_MS)).toEqual({ isHeld: true });
      const refused = await peer.acquire('grant/a', 'two', LEASE_MS);
      expect(refused.isHeld).toBe(false);
      const remainingMs = refused.isHeld ? 0 : refused.remainingMs;
      expect(remainingMs).toBeGreaterThan(LEASE_MS / 2);
      expect(remainingMs).toBeLessThanOrEqual(LEASE_MS);
      expect(await peer.acquire('grant/b', 'two', LEASE_MS)).toEqual({ isHeld: true });
      expect(await table.read('grant/a')).toBeUndefined();
    });

    test('of many who want a lease at once, one gets it', async () => {
      const work = Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? table : peer).acquire('grant/a', `holder-${index}`, LEASE_MS),
      );
      expect((await Promise.all(work)).filter(({ isHeld }) => isHeld)).toHaveLength(1);
    });

    test('a lease that is given back is free, and only its holder can give it back', async () => {
      await table.acquire('grant/a', 'one', LEASE_MS);
      await peer.release('grant/a', 'two');
      expect((await peer.acquire('grant/a', 'two', LEASE_MS)).isHeld).toBe(false);
      await table.release('grant/a', 'one');
      expect((await peer.acquire('grant/a', 'two', LEASE_MS)).isHeld).toBe(true);
      await table.release('grant/a', 'one');
      expect((await table.acquire('grant/a', 'three', LEASE_MS)).isHeld).toBe(false);
    });

    test('a lease ends by itself, and its late holder gives back nothing of the next one', async () => {
      await table.acquire('grant/a', 'dead', 100);
      const refused = await peer.acquire('grant/a', 'next', LEASE_MS);
      const remainingMs = refused.isHeld ? Number.NaN : refused.remainingMs;
      expect(remainingMs).toBeLessThanOrEqual(100);
      await wait(remainingMs + 20);
      expect(await peer.acquire('grant/a', 'next', LEASE_MS)).toEqual({ isHeld: true });
      await table.release('grant/a', 'dead');
      expect((await table.acquire('grant/a', 'third', LEASE_MS)).isHeld).toBe(false);
    });

    test('a lease stops nobody from writing: that is what versions are for', async () => {
      await table.acquire('grant/a', 'one', LEASE_MS);
      expect(await peer.swap('grant/a', 0, 'x')).toBe(true);
      await peer.remove('grant/a');
      expect((await peer.acquire('grant/a', 'two', LEASE_MS)).isHeld).toBe(false);
    });
  });
};
