import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { openPostgresTable } from '../src/grants/postgres/postgres-grants.js';
import { runningServices } from './support/running-services.js';
import { tableContract } from './support/table-contract.js';

const connectionString = runningServices?.postgres.url ?? '';

describe.skipIf(runningServices === undefined)('PostgreSQL', () => {
  tableContract('PostgreSQL', {
    async open() {
      const table = `t_${randomUUID().replaceAll('-', '_')}`;
      return [
        openPostgresTable({ connectionString, table }),
        openPostgresTable({ connectionString, table }),
      ];
    },
  });
});
