import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { ConfigError, type Logger } from '@tributary/pipeline';
import {
  behindLink,
  createPrivateFile,
  preparePrivateFolder,
  tightenFiles,
} from './private-files.js';

/** "Trib", so that another program's database is not taken for ours. */
const APPLICATION_ID = 0x54726962;
const SCHEMA_VERSION = 1;

/** How long SQLite itself waits for another writer, in ms. This blocks the process, so it is short. */
const BUSY_MS = 50;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS rows (
    id TEXT PRIMARY KEY NOT NULL,
    version INTEGER NOT NULL,
    value TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS leases (
    id TEXT PRIMARY KEY NOT NULL,
    holder TEXT NOT NULL,
    ends_at INTEGER NOT NULL,
    lease_ms INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`;

/** Later than the rest. Whoever knows only that is not disturbed, and so the version stays. */
const PENDING_SCHEMA = `
  CREATE TABLE IF NOT EXISTS pending (
    id TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS pending_ends ON pending (expires_at);
`;

/** Later too: how long a lease was taken for. 0 where somebody took it who doesn't know that. */
const LEASE_LENGTHS = 'ALTER TABLE leases ADD COLUMN lease_ms INTEGER NOT NULL DEFAULT 0';

type Sqlite = typeof import('node:sqlite');

/** @throws ConfigError on a Node without SQLite. */
export const loadSqlite = async (
  load: () => Promise<Sqlite> = () => import('node:sqlite'),
): Promise<Sqlite> => {
  try {
    return await load();
  } catch (error) {
    throw new ConfigError(
      'path',
      `this runtime (${process.version}) has no node:sqlite. Use Node 22.13 or later, or keep grants in PostgreSQL or Redis.`,
      { cause: error },
    );
  }
};

/** Opens the database, private and durable, and makes its tables if they are not there. */
export const openDatabase = async (given: string, logger: Logger): Promise<DatabaseSync> => {
  const { DatabaseSync } = await loadSqlite();
  const path = behindLink(given);
  preparePrivateFolder(dirname(path));
  createPrivateFile(path);
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
    const isNew = checkOwner(database, path);
    tightenFiles(path, logger);
    // A commit is on the disk when it returns: FULL syncs the log with each. The second is for macOS,
    // where fsync alone does not reach the disk.
    database.exec('PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA trusted_schema = OFF');
    const mode = read(database, 'PRAGMA journal_mode = WAL', 'journal_mode');
    if (mode !== 'wal') {
      throw new ConfigError('path', `${path} can't have a write-ahead log here. Use a local disk.`);
    }
    if (isNew) database.exec(`BEGIN IMMEDIATE; ${SCHEMA} ${PENDING_SCHEMA} COMMIT`);
    else if (!isCurrent(database)) bringUpToDate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
};

const read = (database: DatabaseSync, statement: string, column: string): unknown =>
  database.prepare(statement).get()?.[column];

const hasPending = (database: DatabaseSync): boolean =>
  read(database, "SELECT name FROM sqlite_schema WHERE name = 'pending_ends'", 'name') !==
  undefined;

const hasLeaseLengths = (database: DatabaseSync): boolean =>
  read(database, "SELECT name FROM pragma_table_info('leases') WHERE name = 'lease_ms'", 'name') !==
  undefined;

const isCurrent = (database: DatabaseSync): boolean =>
  hasPending(database) && hasLeaseLengths(database);

/** Looks again inside, since another process may have done it meanwhile. */
const bringUpToDate = (database: DatabaseSync): void => {
  database.exec(`BEGIN IMMEDIATE; ${PENDING_SCHEMA}`);
  if (!hasLeaseLengths(database)) database.exec(LEASE_LENGTHS);
  database.exec('COMMIT');
};

/** Whether the tables are still to be made. */
const checkOwner = (database: DatabaseSync, path: string): boolean => {
  const tables = read(database, 'SELECT count(*) AS tables FROM sqlite_schema', 'tables');
  if (tables === 0) return true;
  if (read(database, 'PRAGMA application_id', 'application_id') !== APPLICATION_ID) {
    throw new ConfigError('path', `${path} is a database of something else. Name another file.`);
  }
  const version = Number(read(database, 'PRAGMA user_version', 'user_version'));
  if (version > SCHEMA_VERSION) {
    throw new ConfigError(
      'path',
      `${path} was written by a later version of this package (schema ${version}, known ${SCHEMA_VERSION}). Update the package.`,
    );
  }
  return false;
};
