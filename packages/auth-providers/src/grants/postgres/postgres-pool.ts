import { ConfigError } from '@tributary/pipeline';
import type { Pool } from 'pg';

/** Each statement takes a connection for a millisecond or so. */
const CONNECTIONS = 4;
const CONNECT_MS = 4_000;
/** Below the time that an attempt is given, so that a connection that says nothing is thrown away. */
const QUERY_MS = 4_500;

/** Connections of the store's own, made on first use. */
export const ownPool = (connectionString: string) => {
  let pool: Pool | undefined;

  const create = async (): Promise<Pool> => {
    const { Pool } = (await loadPg()).default;
    if (pool !== undefined) return pool;
    const created = new Pool({
      connectionString,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: QUERY_MS,
      application_name: 'tributary-grants',
      keepAlive: true,
    });
    // An idle connection that ends would end the process; the next statement finds out by itself.
    created.on('error', () => {});
    pool = created;
    return created;
  };

  return {
    load: loadPg,
    open: async (): Promise<Pool> => pool ?? create(),
    async close(): Promise<void> {
      await pool?.end();
    },
  };
};

const loadPg = async (): Promise<typeof import('pg')> => {
  try {
    return await import('pg');
  } catch (cause) {
    throw new ConfigError(
      'connectionString',
      'needs the package `pg` (8.23 or newer 8): npm install pg',
      { cause },
    );
  }
};

/**
 * SQLSTATE classes and codes of a server that goes away or is too busy: 08 connection exception,
 * 40 rollback by a deadlock or conflict, 53 resources, 57P01 to 57P03 shutdown, crash and start,
 * 25006 a primary that became a standby.
 */
const PASSING = /^(08|40|53|57P0[123]|25006|55P03)/;

export const isPassingPostgresError = (error: unknown): boolean => {
  if (error instanceof ConfigError) return false;
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : error;
  const code = String((first as { readonly code?: unknown } | null)?.code ?? '');
  // A server's refusal has five characters with a digit among them (SQLSTATE); the system's words for
  // a lost connection (EPIPE) have no digit, and the driver's own have no code.
  return !/^(?=.*\d)[0-9A-Z]{5}$/.test(code) || PASSING.test(code);
};
