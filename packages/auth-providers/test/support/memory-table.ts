import type { LeasedTable, Row } from '../../src/grants/leased-table.js';

/** A database in memory; each handle is what one process has of it. */
export interface MemoryDatabase {
  handle(): LeasedTable;
  /** What every later operation meets, until it is taken back. */
  failWith(error: Error | undefined): void;
  /** Lets the next one take effect and lose its answer. */
  loseNextAnswer(of: 'swap' | 'acquire'): void;
  readonly rows: ReadonlyMap<string, Row>;
  readonly pending: ReadonlyMap<string, { readonly value: string }>;
  /** Ids whose lease was taken, in order. */
  readonly acquired: readonly string[];
}

/** `now` is the database's clock, epoch ms. */
export const memoryDatabase = ({ now }: { readonly now: () => number }): MemoryDatabase => {
  const rows = new Map<string, Row>();
  const leases = new Map<string, { readonly holder: string; readonly endsAt: number }>();
  const acquired: string[] = [];
  let failure: Error | undefined;
  let lost: 'swap' | 'acquire' | undefined;

  const answer = <T>(of: 'swap' | 'acquire', value: T): T => {
    if (lost !== of) return value;
    lost = undefined;
    throw new Error('The connection was lost.');
  };

  const pending = new Map<string, { readonly value: string; readonly endsAt: number }>();
  const live = (id: string): string | undefined => {
    const row = pending.get(id);
    return row && row.endsAt > now() ? row.value : undefined;
  };

  let latest = 0;
  const write = (id: string, value: string) => {
    latest += 1;
    rows.set(id, { version: latest, value });
  };

  const handle = (): LeasedTable => {
    let isClosed = false;
    const check = async () => {
      // As a database would, it answers later.
      await Promise.resolve();
      if (isClosed) throw new Error('This table is closed.');
      if (failure !== undefined) throw failure;
    };
    return {
      async read(id) {
        await check();
        return rows.get(id);
      },
      async put(id, value) {
        await check();
        write(id, value);
      },
      async swap(id, version, value) {
        await check();
        const isFirst = (rows.get(id)?.version ?? 0) === version;
        if (isFirst && value === undefined) rows.delete(id);
        else if (isFirst && value !== undefined) write(id, value);
        return answer('swap', isFirst);
      },
      async remove(id) {
        await check();
        rows.delete(id);
      },
      async *ids(prefix) {
        await check();
        for (const id of [...rows.keys()]) if (id.startsWith(prefix)) yield id;
      },
      async acquire(id, holder, leaseMs) {
        await check();
        const remainingMs = (leases.get(id)?.endsAt ?? 0) - now();
        if (remainingMs > 0) return { isHeld: false, remainingMs };
        leases.set(id, { holder, endsAt: now() + leaseMs });
        acquired.push(id);
        return answer('acquire', { isHeld: true });
      },
      async release(id, holder) {
        await check();
        if (leases.get(id)?.holder === holder) leases.delete(id);
      },
      pending: {
        async put(id, value, ttlMs) {
          await check();
          pending.set(id, { value, endsAt: now() + ttlMs });
        },
        async read(id) {
          await check();
          return live(id);
        },
        async take(id) {
          await check();
          const value = live(id);
          if (value !== undefined) pending.delete(id);
          return value;
        },
        async remove(id) {
          await check();
          pending.delete(id);
        },
        async sweep() {
          await check();
          for (const [id, { endsAt }] of pending) if (endsAt <= now()) pending.delete(id);
        },
      },
      async close() {
        isClosed = true;
      },
    };
  };

  return {
    handle,
    rows,
    pending,
    acquired,
    failWith(error) {
      failure = error;
    },
    loseNextAnswer(of) {
      lost = of;
    },
  };
};
