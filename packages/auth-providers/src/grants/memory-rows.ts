import type { Clock } from '@tributary/pipeline';
import { GrantStoreError } from './grant-store-error.js';
import type { ExpiringRows } from './leased-table.js';

/** Of all rows together, in characters. */
const MOST_CHARS = 64 * 1024 * 1024;
/** What a row takes besides its value, roughly. */
const ROW_CHARS = 200;

const sizeOf = (value: string): number => value.length + ROW_CHARS;

interface Row {
  readonly value: string;
  /** On the clock's monotonic time. */
  readonly endsAt: number;
}

/** In this process's memory. When it is full, what was written first goes first. */
export const memoryRows = (clock: Clock, mostChars = MOST_CHARS): ExpiringRows => {
  const rows = new Map<string, Row>();
  let chars = 0;

  const remove = (id: string): string | undefined => {
    const row = rows.get(id);
    if (row === undefined) return undefined;
    rows.delete(id);
    chars -= sizeOf(row.value);
    return row.endsAt > clock.monotonic() ? row.value : undefined;
  };

  return {
    async put(id, value, ttlMs) {
      if (sizeOf(value) > mostChars) {
        throw new GrantStoreError(
          `A pending record of ${value.length} characters is too large to be kept in memory.`,
        );
      }
      remove(id);
      rows.set(id, { value, endsAt: clock.monotonic() + ttlMs });
      chars += sizeOf(value);
      for (const oldest of rows.keys()) {
        if (chars <= mostChars) break;
        remove(oldest);
      }
    },
    async read(id) {
      const row = rows.get(id);
      return row && row.endsAt > clock.monotonic() ? row.value : undefined;
    },
    take: async (id) => remove(id),
    async remove(id) {
      remove(id);
    },
    async sweep() {
      const now = clock.monotonic();
      for (const [id, { endsAt }] of rows) if (endsAt <= now) remove(id);
    },
  };
};
