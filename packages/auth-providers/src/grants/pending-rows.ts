import { type Clock, ConfigError, type PendingRecords } from '@tributary/pipeline';
import { encodeParts } from './grant-key.js';
import type { ExpiringRows } from './leased-table.js';
import { sweeping } from './pending-sweep.js';
import type { RowCodec } from './row-codec.js';

/** The records, and the end of the work that they need meanwhile. */
export interface OpenedPending {
  readonly pending: PendingRecords;
  stop(): void;
}

/**
 * A hash, since the id of a record is often what lets its bearer in, and may be of any length. Ids that
 * differ in half a pair of surrogates have the same bytes in UTF-8, so they are encoded before.
 */
const rowIdOf = async (id: string): Promise<string> => {
  const bytes = new TextEncoder().encode(encodeParts({ id }));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0'));
  return `pending/${hex.join('')}`;
};

/** Records in rows that end by themselves, each sealed for its own. */
export const pendingInRows = (rows: ExpiringRows, codec: RowCodec, clock: Clock): OpenedPending => {
  const sweeps = sweeping(rows, clock);

  const opened = async (rowId: string, sealed: string | undefined) => {
    await sweeps.begin();
    return sealed === undefined ? undefined : codec.open(rowId, sealed);
  };

  return {
    stop: sweeps.stop,
    pending: {
      async write(id, value, ttlMs) {
        if (!(Number.isFinite(ttlMs) && ttlMs > 0)) {
          throw new ConfigError('ttlMs', 'has to be a number of milliseconds above 0.');
        }
        const rowId = await rowIdOf(id);
        await rows.put(rowId, await codec.seal(rowId, value), ttlMs);
        sweeps.after(ttlMs);
        await sweeps.begin();
      },
      async read(id) {
        const rowId = await rowIdOf(id);
        return opened(rowId, await rows.read(rowId));
      },
      async take(id) {
        const rowId = await rowIdOf(id);
        return opened(rowId, await rows.take(rowId));
      },
      async delete(id) {
        await rows.remove(await rowIdOf(id));
      },
    },
  };
};
