import type { DatabaseSync } from 'node:sqlite';
import type { Row } from '../leased-table.js';

/** The steps of a `LeasedTable`, each one statement. `now` is epoch ms. */
export interface Statements {
  read(id: string): Row | undefined;
  put(id: string, value: string, now: number): void;
  insert(id: string, value: string, now: number): boolean;
  update(id: string, version: number, value: string): boolean;
  /** Whether there is no row any more, or there was none where `version` is 0. */
  removeSeen(id: string, version: number): boolean;
  remove(id: string): void;
  /** The ids after `after` that begin with `prefix`, in order. */
  page(prefix: string, after: string): readonly string[];
  acquire(id: string, holder: string, now: number, leaseMs: number): boolean;
  /** Epoch ms; `now` where nobody holds it any more. */
  leaseEnd(id: string, now: number): number;
  release(id: string, holder: string): void;
  readonly pending: PendingStatements;
}

/** The steps of `ExpiringRows`. */
export interface PendingStatements {
  put(id: string, value: string, now: number, ttlMs: number): void;
  read(id: string, now: number): string | undefined;
  take(id: string, now: number): string | undefined;
  remove(id: string): void;
  /** Removes some that have ended, and tells whether there may be more. */
  sweep(now: number): boolean;
}

const PAGE_SIZE = 500;
/** Above every character of an id, which is printable ASCII. */
const ABOVE_ALL = '\x7f';

const INSERT = 'INSERT INTO rows (id, version, value) VALUES (?, ?, ?)';

export const statementsOf = (database: DatabaseSync): Statements => {
  const read = database.prepare('SELECT version, value FROM rows WHERE id = ?');
  // A new row's version is the time, so that it lies above all that the id ever had.
  const put = database.prepare(
    `${INSERT} ON CONFLICT (id) DO UPDATE SET version = version + 1, value = excluded.value`,
  );
  const insert = database.prepare(`${INSERT} ON CONFLICT (id) DO NOTHING`);
  const update = database.prepare(
    'UPDATE rows SET version = version + 1, value = ? WHERE id = ? AND version = ?',
  );
  const removeSeen = database.prepare('DELETE FROM rows WHERE id = ? AND version = ?');
  const remove = database.prepare('DELETE FROM rows WHERE id = ?');
  const page = database.prepare(
    `SELECT id FROM rows WHERE id > ? AND id >= ? AND id < ? ORDER BY id LIMIT ${PAGE_SIZE}`,
  );
  // A lease that seems to last longer than it was taken for is from before the clock was set back.
  const acquire = database.prepare(`
    INSERT INTO leases (id, holder, ends_at, lease_ms)
    VALUES (:id, :holder, :now + :leaseMs, :leaseMs)
    ON CONFLICT (id) DO UPDATE
    SET holder = excluded.holder, ends_at = excluded.ends_at, lease_ms = excluded.lease_ms
    WHERE ends_at <= :now OR ends_at > :now + 2 * max(lease_ms, :leaseMs)`);
  const leaseEnd = database.prepare('SELECT ends_at FROM leases WHERE id = ?');
  const release = database.prepare('DELETE FROM leases WHERE id = ? AND holder = ?');

  return {
    read(id) {
      const row = read.get(id);
      return row && { version: Number(row.version), value: String(row.value) };
    },
    put: (id, value, now) => void put.run(id, Math.floor(now), value),
    insert: (id, value, now) => insert.run(id, Math.floor(now), value).changes === 1,
    update: (id, version, value) => update.run(value, id, version).changes === 1,
    removeSeen: (id, version) =>
      version === 0 ? read.get(id) === undefined : removeSeen.run(id, version).changes === 1,
    remove: (id) => void remove.run(id),
    page: (prefix, after) =>
      page.all(after, prefix, prefix + ABOVE_ALL).map(({ id }) => String(id)),
    acquire: (id, holder, now, leaseMs) =>
      acquire.run({ id, holder, now: Math.floor(now), leaseMs: Math.ceil(leaseMs) }).changes === 1,
    leaseEnd: (id, now) => Number(leaseEnd.get(id)?.ends_at ?? now),
    release: (id, holder) => void release.run(id, holder),
    pending: pendingStatementsOf(database),
  };
};

const pendingStatementsOf = (database: DatabaseSync): PendingStatements => {
  const put = database.prepare(`
    INSERT INTO pending (id, value, expires_at) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`);
  const read = database.prepare('SELECT value FROM pending WHERE id = ? AND expires_at > ?');
  const take = database.prepare(
    'DELETE FROM pending WHERE id = ? AND expires_at > ? RETURNING value',
  );
  const remove = database.prepare('DELETE FROM pending WHERE id = ?');
  const sweep = database.prepare(`
    DELETE FROM pending
    WHERE rowid IN (SELECT rowid FROM pending WHERE expires_at <= ? LIMIT ${PAGE_SIZE})`);
  const textOf = (row: Record<string, unknown> | undefined) => row && String(row.value);

  return {
    put: (id, value, now, ttlMs) => void put.run(id, value, Math.ceil(now + ttlMs)),
    read: (id, now) => textOf(read.get(id, Math.floor(now))),
    // All of them, so that the statement runs to its end.
    take: (id, now) => textOf(take.all(id, Math.floor(now))[0]),
    remove: (id) => void remove.run(id),
    sweep: (now) => sweep.run(Math.floor(now)).changes === PAGE_SIZE,
  };
};
