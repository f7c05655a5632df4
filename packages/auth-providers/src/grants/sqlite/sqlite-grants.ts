import { resolve } from 'node:path';
import {
  ConfigError,
  type GrantStorage,
  type Logger,
  systemClock,
  systemRandom,
} from '@tributary/pipeline';
import { type LeasedGrantsOptions, leasedGrants } from '../leased-grants.js';
import type { LeasedTable } from '../leased-table.js';
import { processWarnings } from '../process-warnings.js';
import type { RowCodec } from '../row-codec.js';
import { sqliteTable } from './sqlite-table.js';

export interface SqliteGrantsOptions extends Omit<LeasedGrantsOptions, 'codec'> {
  /** The database file, in a folder of its own on a local disk. Both are made, private, on first use. */
  readonly path: string;
  /** What seals the grants: `encryption(…)`. */
  readonly encryption: RowCodec;
  /** Told of a file that others could read. Default: warnings of the process. */
  readonly logger?: Logger;
}

/**
 * Grants in one SQLite file (`node:sqlite`), for the processes of one machine: one holder at a time for
 * each grant, durable when `exclusive` resolves, whole after a crash at any point.
 * @throws ConfigError naming the option, at once or with the first use of the file.
 */
export const sqliteGrants = (given: SqliteGrantsOptions): GrantStorage => {
  const { encryption, ...options } = given ?? {};
  return leasedGrants(openSqliteTable(options), { ...options, codec: encryption });
};

/** The rows and leases of `sqliteGrants`. */
export const openSqliteTable = (options: Omit<SqliteGrantsOptions, 'encryption'>): LeasedTable => {
  const { clock = systemClock, random = systemRandom, logger = processWarnings } = options;
  return sqliteTable({ path: readPath(options.path), clock, random, logger });
};

const readPath = (path: unknown): string => {
  if (typeof path !== 'string' || path.trim() === '') {
    throw new ConfigError('path', 'names no file.');
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f]/.test(path)) {
    throw new ConfigError(
      'path',
      'holds a control character; was it read from a .env file with CRLF?',
    );
  }
  if (path === ':memory:') {
    throw new ConfigError('path', 'has to name a file; in memory, use memoryGrants().');
  }
  return resolve(path);
};
