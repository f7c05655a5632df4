import type { Logger } from '@tributary/pipeline';
import type { PostgresPool } from './postgres-table.js';
import type { Statements } from './statements.js';

/** Creates what is missing, and warns about a server that may forget a write that it has confirmed. */
export const prepareDatabase = async (
  pool: PostgresPool,
  statements: Statements,
  logger: Logger,
): Promise<void> => {
  const { text, values } = statements.exists;
  const { rows } = await pool.query(text, values);
  const [found] = rows as [{ ok: boolean }];
  if (!found.ok) await pool.query(statements.create);
  await warnOfLoss(pool, logger);
};

/** PostgreSQL documentation, "Asynchronous Commit" and "fsync". */
const warnOfLoss = async (pool: PostgresPool, logger: Logger): Promise<void> => {
  for (const setting of ['synchronous_commit', 'fsync']) {
    const { rows } = await pool.query('select current_setting($1) as value', [setting]);
    const [{ value }] = rows as [{ value: string }];
    if (value === 'off') {
      logger.warn(
        `PostgreSQL may forget grants in a crash, since ${setting} is off; turn it on for the role or database that keeps them.`,
      );
    }
  }
};
