import { postgresBudget, redisBudget } from '@tributary/transport/shared-budget';
import pg from 'pg';
import { createClient } from 'redis';
import { services } from '../services.mjs';

/** What the processes share, by where it is kept: one rate, and every pause. */
export const stores = {
  /** Nothing: each process for itself. */
  none: async () => ({ shared: undefined, close: async () => {} }),
  async redis({ run, ...rate }) {
    const client = await createClient({ url: services().redis.url }).connect();
    const shared = redisBudget({ client, prefix: `bench:${run}`, ...rate });
    return { shared, close: () => client.close() };
  },
  async postgres({ run, ...rate }) {
    const pool = new pg.Pool({ connectionString: services().postgres.url, max: 4 });
    const shared = await postgresBudget({ pool, table: `budget_${run}`, ...rate });
    return { shared, close: () => pool.end() };
  },
};

/** Removes what a run has left; Redis forgets by itself. */
export const forget = async (store, run) => {
  if (store !== 'postgres') return;
  const client = new pg.Client({ connectionString: services().postgres.url });
  await client.connect();
  await client.query(`DROP TABLE IF EXISTS "budget_${run}"`);
  await client.end();
};
