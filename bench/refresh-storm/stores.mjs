import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encryption, sqliteGrants } from '@tributary/auth-providers/sqlite';
import { services } from '../services.mjs';

/** A place that holds nothing yet, as options of the store, and how to clear it. */
export const places = {
  sqlite() {
    const folder = mkdtempSync(join(tmpdir(), 'tributary-storm-'));
    return {
      options: { path: join(folder, 'grants', 'grants.db') },
      clear: () => rmSync(folder, { recursive: true, force: true }),
    };
  },
  redis: () => ({
    options: { url: services().redis.url, prefix: `storm:${randomUUID()}:` },
    clear: () => {},
  }),
  postgres: () => ({
    options: {
      connectionString: services().postgres.url,
      table: `storm_${randomUUID().replaceAll('-', '_')}`,
    },
    clear: () => {},
  }),
};

const open = {
  sqlite: async () => sqliteGrants,
  redis: async () => (await import('@tributary/auth-providers/redis')).redisGrants,
  postgres: async () => (await import('@tributary/auth-providers/postgres')).postgresGrants,
};

export const openStore = async ({ name, options, key }) =>
  (await open[name]())({ ...options, encryption: encryption({ key }) });
