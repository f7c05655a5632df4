import { once } from 'node:events';
import type { GrantStorage } from '@tributary/pipeline';
import { expect, test } from 'vitest';
import { ended, type GrantsJob, startGrantsProcess } from './grants-process.js';

const key = { issuer: 'https://auth.example', clientId: 'client', accountId: 'ada' };
const PROCESSES = 4;
const TIMES = 25;
const LEASE_MS = 1_500;

export interface ProcessCases extends Pick<GrantsJob, 'store'> {
  /** Options of the store, the same for all; `key` is the encryption key. */
  readonly settings: () => Readonly<Record<string, unknown>>;
  /** The store in this process. */
  readonly open: (settings: Readonly<Record<string, unknown>>) => GrantStorage;
}

/** What only several processes can show. */
export const processCases = ({ store, settings, open }: ProcessCases): void => {
  test(`${PROCESSES} processes that count up lose no update, and take each record once`, async () => {
    const shared = settings();
    const storage = open(shared);
    const ids = Array.from({ length: TIMES }, (_, index) => `record ${index}`);
    for (const id of ids) await storage.pending.write(id, id, 600_000);
    const job = { store, settings: shared, job: 'count', times: TIMES } as const;
    const taken: unknown[] = [];
    const work = Array.from({ length: PROCESSES }, () => {
      const child = startGrantsProcess(job);
      child.on('message', (value) => taken.push(value));
      return ended(child);
    });
    await Promise.all(work);
    expect((await storage.grants.read(key))?.scopes).toEqual([String(PROCESSES * TIMES)]);
    expect(taken.toSorted()).toEqual(ids.toSorted());
    await storage.dispose();
  }, 60_000);

  test('a holder that is killed blocks nobody past its lease', async () => {
    const shared = { ...settings(), leaseMs: LEASE_MS };
    const child = startGrantsProcess({ store, settings: shared, job: 'hold' });
    const [askedAt] = (await once(child, 'message')) as [number];
    const storage = open(shared);
    const waiting = storage.grants.exclusive(key, async () => 'keep');
    child.kill('SIGKILL');
    await waiting;
    const held = Date.now() - askedAt;
    expect(held).toBeGreaterThan(LEASE_MS - 10);
    // The default would be a minute.
    expect(held).toBeLessThan(LEASE_MS + 20_000);
    await storage.dispose();
  }, 60_000);
};
