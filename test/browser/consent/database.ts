import { postgresGrants } from '@tributary/auth-providers/postgres';
import { redisGrants } from '@tributary/auth-providers/redis';
import { encryption, sqliteGrants } from '@tributary/auth-providers/sqlite';
import type { Clock, GrantStorage } from '@tributary/pipeline';

/** Where all instances of the app keep grants, and what waits for an answer. */
export type Database =
  | { readonly kind: 'SQLite'; readonly path: string }
  | { readonly kind: 'Redis'; readonly url: string; readonly prefix: string }
  | { readonly kind: 'PostgreSQL'; readonly url: string; readonly table: string };

/** The two servers go by clocks of their own. */
export const openDatabase = (database: Database, key: string, clock: Clock): GrantStorage => {
  const sealing = encryption({ key });
  switch (database.kind) {
    case 'SQLite':
      return sqliteGrants({ path: database.path, encryption: sealing, clock });
    case 'Redis':
      return redisGrants({ url: database.url, prefix: database.prefix, encryption: sealing });
    case 'PostgreSQL': {
      const { url: connectionString, table } = database;
      return postgresGrants({ connectionString, table, encryption: sealing });
    }
  }
};
