import type { LeasedTable } from '../leased-table.js';
import type { Reach } from '../reach.js';
import type { Statements } from './statements.js';

/** What is used of a `pg` pool. */
export interface PostgresPool {
  query(
    text: string,
    values?: unknown[],
  ): Promise<{ readonly rows: readonly unknown[]; readonly rowCount: number | null }>;
}

export interface PostgresTableOptions {
  readonly open: () => Promise<PostgresPool>;
  readonly close: () => Promise<void>;
  readonly reach: Reach;
  readonly statements: Statements;
}

const PAGE = 500;

/**
 * Rows and leases in PostgreSQL. Each step is one statement that commits by itself, so no connection is
 * held while the token endpoint answers; what competes for a row waits for a statement, not for a lease.
 */
export const postgresTable = (options: PostgresTableOptions): LeasedTable => {
  const { open, close, reach, statements } = options;

  const run = (text: string, values: unknown[]) =>
    reach(async () => (await open()).query(text, values));

  const write = async (text: string, values: unknown[]): Promise<boolean> =>
    (await run(text, values)).rowCount === 1;

  return {
    async read(id) {
      const [row] = (await run(statements.read, [id])).rows as { version: string; value: string }[];
      return row && { version: Number(row.version), value: row.value };
    },

    async put(id, value) {
      await write(statements.put, [id, value]);
    },

    async swap(id, version, value) {
      if (value === undefined) {
        if (version === 0) return (await run(statements.read, [id])).rows.length === 0;
        return write(statements.removeVersion, [id, version]);
      }
      const isWritten =
        version === 0
          ? await write(statements.insert, [id, value])
          : await write(statements.update, [id, version, value]);
      // Done already, when the first answer got lost; values are never equal by chance.
      return isWritten || write(statements.isStored, [id, value]);
    },

    async remove(id) {
      await write(statements.remove, [id]);
    },

    async *ids(prefix) {
      for (let last = ''; ; ) {
        const { rows } = await run(statements.ids, [prefix, last, PAGE]);
        for (const { id } of rows as { id: string }[]) {
          yield id;
          last = id;
        }
        if (rows.length < PAGE) return;
      }
    },

    async acquire(id, holder, leaseMs) {
      const { rows } = await run(statements.acquire, [id, holder, leaseMs]);
      const [{ held, remaining }] = rows as [{ held: boolean; remaining: string | null }];
      // Nothing remains of a lease that was given back, or had just been taken, as this one looked.
      return held
        ? { isHeld: true }
        : { isHeld: false, remainingMs: Math.max(0, Number(remaining)) };
    },

    async release(id, holder) {
      await write(statements.release, [id, holder]);
    },

    pending: {
      async put(id, value, ttlMs) {
        await write(statements.putPending, [id, value, ttlMs]);
      },
      read: async (id) => textOf(await run(statements.readPending, [id])),
      take: async (id) => textOf(await run(statements.takePending, [id])),
      async remove(id) {
        await write(statements.removePending, [id]);
      },
      async sweep() {
        while ((await run(statements.sweepPending, [PAGE])).rowCount === PAGE);
      },
    },

    close,
  };
};

const textOf = ({ rows }: { readonly rows: readonly unknown[] }): string | undefined =>
  (rows as { value: string }[])[0]?.value;
