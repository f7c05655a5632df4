import { TributaryError } from '@tributary/pipeline';
import { GrantStoreError } from './grant-store-error.js';
import type { LeasedTable } from './leased-table.js';

const fail = (error: unknown): never => {
  if (error instanceof TributaryError) throw error;
  throw new GrantStoreError('The grant store could not be used.', {
    retryable: true,
    cause: error,
  });
};

const guard = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    return fail(error);
  }
};

/** The same table, whose failures are of a class that callers know. */
export const guardTable = (table: LeasedTable): LeasedTable => ({
  read: (id) => guard(() => table.read(id)),
  put: (id, value) => guard(() => table.put(id, value)),
  swap: (id, version, value) => guard(() => table.swap(id, version, value)),
  remove: (id) => guard(() => table.remove(id)),
  async *ids(prefix) {
    try {
      yield* table.ids(prefix);
    } catch (error) {
      fail(error);
    }
  },
  acquire: (id, holder, leaseMs) => guard(() => table.acquire(id, holder, leaseMs)),
  release: (id, holder) => guard(() => table.release(id, holder)),
  pending: {
    put: (id, value, ttlMs) => guard(() => table.pending.put(id, value, ttlMs)),
    read: (id) => guard(() => table.pending.read(id)),
    take: (id) => guard(() => table.pending.take(id)),
    remove: (id) => guard(() => table.pending.remove(id)),
    sweep: () => guard(() => table.pending.sweep()),
  },
  close: () => guard(() => table.close()),
});
