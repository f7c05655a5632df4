import type { DatabaseSync } from 'node:sqlite';
import { type Clock, type Logger, type Random, sleep, TributaryError } from '@tributary/pipeline';
import { GrantStoreError } from '../grant-store-error.js';
import type { LeasedTable } from '../leased-table.js';
import { openDatabase } from './open-database.js';
import { isBusy, sqliteFailure } from './sqlite-failures.js';
import { type Statements, statementsOf } from './statements.js';

export interface SqliteTableOptions {
  /** Absolute. */
  readonly path: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** How long other processes may keep the database to themselves, in ms. */
const PATIENCE_MS = 10_000;
const LONGEST_PAUSE_MS = 50;

interface Opened {
  readonly database: DatabaseSync;
  readonly statements: Statements;
}

/**
 * Rows and leases in one file. Each step is a single statement, and so a transaction of its own: none is
 * open while anything is awaited. Leases run on the clock of the machine that all its processes share.
 */
export const sqliteTable = (options: SqliteTableOptions): LeasedTable => {
  const { path, clock, random, logger } = options;
  let opening: Promise<Opened> | undefined;
  let isClosed = false;

  /** Again while other processes write: SQLite's own waiting would block this one. */
  const whileBusy = async <T>(work: () => T | Promise<T>): Promise<T> => {
    const started = clock.monotonic();
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof TributaryError) throw error;
        const isOver = clock.monotonic() - started > PATIENCE_MS;
        if (!isBusy(error) || isOver) throw sqliteFailure(path, error);
      }
      await sleep(clock, 1 + random() * LONGEST_PAUSE_MS);
    }
  };

  const open = (): Promise<Opened> => {
    if (isClosed) throw new GrantStoreError('The grant store is closed.');
    opening ??= whileBusy(async () => {
      const database = await openDatabase(path, logger);
      return { database, statements: statementsOf(database) };
    }).catch((error: unknown) => {
      // It may be put right meanwhile.
      opening = undefined;
      throw error;
    });
    return opening;
  };

  const using = async <T>(work: (statements: Statements) => T): Promise<T> => {
    const { statements } = await open();
    return whileBusy(() => {
      if (isClosed) throw new GrantStoreError('The grant store is closed.');
      return work(statements);
    });
  };

  return {
    read: (id) => using((statements) => statements.read(id)),
    put: (id, value) => using((statements) => statements.put(id, value, clock.now())),
    swap: (id, version, value) =>
      using((statements) => {
        if (value === undefined) return statements.removeSeen(id, version);
        return version === 0
          ? statements.insert(id, value, clock.now())
          : statements.update(id, version, value);
      }),
    remove: (id) => using((statements) => statements.remove(id)),

    async *ids(prefix) {
      for (let after = ''; ; ) {
        const page = await using((statements) => statements.page(prefix, after));
        yield* page;
        const last = page.at(-1);
        if (last === undefined) return;
        after = last;
      }
    },

    acquire: (id, holder, leaseMs) =>
      using((statements) => {
        const now = clock.now();
        if (statements.acquire(id, holder, now, leaseMs)) return { isHeld: true };
        return { isHeld: false, remainingMs: statements.leaseEnd(id, now) - now };
      }),
    release: (id, holder) => using((statements) => statements.release(id, holder)),

    pending: {
      put: (id, value, ttlMs) => using(({ pending }) => pending.put(id, value, clock.now(), ttlMs)),
      read: (id) => using(({ pending }) => pending.read(id, clock.now())),
      take: (id) => using(({ pending }) => pending.take(id, clock.now())),
      remove: (id) => using(({ pending }) => pending.remove(id)),
      async sweep() {
        while (await using(({ pending }) => pending.sweep(clock.now())));
      },
    },

    async close() {
      if (isClosed) return;
      isClosed = true;
      const opened = await opening?.catch(() => undefined);
      opened?.database.close();
    },
  };
};
