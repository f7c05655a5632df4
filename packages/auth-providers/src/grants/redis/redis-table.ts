import type { LeasedTable } from '../leased-table.js';
import type { Reach } from '../reach.js';
import { nodesOf, type RedisCommands, type RedisConnection } from './redis-commands.js';
import {
  ACQUIRE,
  PUT,
  PUT_PENDING,
  READ,
  READ_PENDING,
  RELEASE,
  REMOVE,
  type Script,
  SWAP,
  TAKE_PENDING,
} from './scripts.js';

export interface RedisTableOptions {
  /** Opens the connection on first use, and again when that failed. */
  readonly open: () => Promise<RedisConnection>;
  readonly close: () => Promise<void>;
  readonly reach: Reach;
  /** What every key begins with. */
  readonly prefix: string;
}

const SCAN_COUNT = 500;

/** Rows and leases in Redis, each step one script: it runs as a whole, on the server's clock. */
export const redisTable = ({ open, close, reach, prefix }: RedisTableOptions): LeasedTable => {
  // The braces put both keys of an id into one slot of a cluster.
  const rowKey = (id: string): string => `${prefix}{${id}}:row`;
  const leaseKey = (id: string): string => `${prefix}{${id}}:lease`;
  const pendingKey = (id: string): string => `${prefix}{${id}}:pending`;

  const run = (script: Script, key: string, values: readonly string[] = []) =>
    reach(async () => {
      const connection = await open();
      const options = { keys: [key], arguments: [...values] };
      try {
        return await connection.evalSha(script.sha, options);
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
        return connection.eval(script.text, options);
      }
    });

  /** One server's keys, page by page: a page is read again where the connection was lost. */
  async function* scan(node: RedisCommands, pattern: string): AsyncGenerator<string> {
    let cursor = '0';
    do {
      const from = cursor;
      const page = await reach(() => node.scan(from, { MATCH: pattern, COUNT: SCAN_COUNT }));
      for (const key of page.keys) yield String(key);
      cursor = String(page.cursor);
    } while (cursor !== '0');
  }

  return {
    async read(id) {
      const row = (await run(READ, rowKey(id))) as unknown[];
      return row.length === 0 ? undefined : { version: Number(row[0]), value: String(row[1]) };
    },

    async put(id, value) {
      await run(PUT, rowKey(id), [value]);
    },

    async swap(id, version, value) {
      const values = [String(version), ...(value === undefined ? [] : [value])];
      return Number(await run(SWAP, rowKey(id), values)) === 1;
    },

    async remove(id) {
      await run(REMOVE, rowKey(id));
    },

    async *ids(idPrefix) {
      const start = `${prefix}{`;
      const end = '}:row';
      const pattern = `${escapePattern(start + idPrefix)}*${escapePattern(end)}`;
      // SCAN may yield a key twice, and a cluster too while a slot moves.
      const seen = new Set<string>();
      for (const node of await reach(async () => nodesOf(await open()))) {
        for await (const key of scan(node, pattern)) {
          const id = key.slice(start.length, -end.length);
          if (seen.has(id)) continue;
          seen.add(id);
          yield id;
        }
      }
    },

    async acquire(id, holder, leaseMs) {
      const left = Number(await run(ACQUIRE, leaseKey(id), [holder, String(Math.ceil(leaseMs))]));
      return left < 0 ? { isHeld: true } : { isHeld: false, remainingMs: left };
    },

    async release(id, holder) {
      await run(RELEASE, leaseKey(id), [holder]);
    },

    pending: {
      async put(id, value, ttlMs) {
        await run(PUT_PENDING, pendingKey(id), [value, String(Math.ceil(ttlMs))]);
      },
      read: async (id) => textOf(await run(READ_PENDING, pendingKey(id))),
      take: async (id) => textOf(await run(TAKE_PENDING, pendingKey(id))),
      async remove(id) {
        await run(REMOVE, pendingKey(id));
      },
      // The server removes them itself.
      sweep: async () => {},
    },

    close,
  };
};

const textOf = (answer: unknown): string | undefined =>
  answer === null ? undefined : String(answer);

const escapePattern = (text: string): string => text.replace(/[*?[\]\\^-]/g, '\\$&');
