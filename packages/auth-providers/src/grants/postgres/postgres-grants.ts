import { ConfigError, type GrantStorage, type Logger, systemClock } from '@tributary/pipeline';
import { type LeasedGrantsOptions, leasedGrants } from '../leased-grants.js';
import type { LeasedTable } from '../leased-table.js';
import { processWarnings } from '../process-warnings.js';
import { reaching } from '../reach.js';
import type { RowCodec } from '../row-codec.js';
import { isPassingPostgresError, ownPool } from './postgres-pool.js';
import { type PostgresPool, postgresTable } from './postgres-table.js';
import { prepareDatabase } from './prepare-database.js';
import { statements as statementsFor } from './statements.js';

export interface PostgresGrantsOptions extends Omit<LeasedGrantsOptions, 'codec'> {
  /** `postgres://` URL of connections of its own, made on first use. This or `pool`. */
  readonly connectionString?: string;
  /** A `Pool` of `pg`. It stays its owner's: `dispose` doesn't close it. */
  readonly pool?: PostgresPool;
  /** What seals the grants: `encryption(…)`. */
  readonly encryption: RowCodec;
  /** Created when it is missing, and a second one, `…_leases`, beside it. Default `tributary_grants`. */
  readonly table?: string;
  /** An existing schema. Default: the first of the connection's search path. */
  readonly schema?: string;
  /** Told once of a server that may forget grants by itself. Default: warnings of the process. */
  readonly logger?: Logger;
}

export const POSTGRES_DEFAULTS = { table: 'tributary_grants' } as const;

/**
 * Grants in PostgreSQL 11 or newer, for any number of processes: one holder at a time for each grant,
 * by a lease on the server's clock. No connection is held between two statements.
 * @throws ConfigError naming the option.
 */
export const postgresGrants = (given: PostgresGrantsOptions): GrantStorage => {
  const { encryption, ...options } = given ?? {};
  return leasedGrants(openPostgresTable(options), { ...options, codec: encryption });
};

/** The rows and leases of `postgresGrants`. */
export const openPostgresTable = (
  options: Omit<PostgresGrantsOptions, 'encryption'>,
): LeasedTable => {
  const { clock = systemClock, logger = processWarnings } = options;
  const statements = statementsFor(options.table ?? POSTGRES_DEFAULTS.table, options.schema);
  const source = readPool(options);
  let isClosed = false;
  let prepared: Promise<PostgresPool> | undefined;

  const reach = reaching({
    clock,
    name: 'PostgreSQL',
    isPassing: isPassingPostgresError,
    isClosed: () => isClosed,
    load: source.load,
  });

  const prepare = async (): Promise<PostgresPool> => {
    const pool = await source.open();
    await prepareDatabase(pool, statements, logger);
    return pool;
  };

  const open = (): Promise<PostgresPool> => {
    prepared ??= prepare().catch((error: unknown) => {
      prepared = undefined;
      throw error;
    });
    return prepared;
  };

  const close = async (): Promise<void> => {
    isClosed = true;
    await source.close();
  };

  return postgresTable({ open, close, reach, statements });
};

const readPool = ({
  connectionString,
  pool,
}: Pick<PostgresGrantsOptions, 'connectionString' | 'pool'>) => {
  if ((connectionString === undefined) === (pool === undefined)) {
    throw new ConfigError('connectionString', 'give either connectionString or pool, a Pool of pg');
  }
  if (pool !== undefined) {
    return { load: async () => {}, open: async () => pool, close: async () => {} };
  }
  const text = connectionString ?? '';
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (protocol !== 'postgres:' && protocol !== 'postgresql:') {
    throw new ConfigError('connectionString', 'must be a postgres:// URL');
  }
  return ownPool(text);
};
