import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { encryption, generateEncryptionKey } from '../src/grants/encryption/index.js';
import { openPostgresTable, postgresGrants } from '../src/grants/postgres/postgres-grants.js';
import { processCases } from './support/process-cases.js';
import { runningServices } from './support/running-services.js';
import { storeContract } from './support/store-contract.js';

const connectionString = runningServices?.postgres.url ?? '';
const key = generateEncryptionKey();
const place = () => `t_${randomUUID().replaceAll('-', '_')}`;

describe.skipIf(runningServices === undefined)('PostgreSQL', () => {
  storeContract({
    place,
    table: (table) => openPostgresTable({ connectionString, table }),
    storage: (table) =>
      postgresGrants({ connectionString, table, encryption: encryption({ key }) }),
  });

  processCases({
    store: 'postgres',
    settings: () => ({ connectionString, table: place(), key }),
    open: (settings) => postgresGrants({ ...settings, encryption: encryption({ key }) }),
  });
});
