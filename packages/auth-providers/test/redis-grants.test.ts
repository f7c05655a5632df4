import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { openRedisTable } from '../src/grants/redis/redis-grants.js';
import { runningServices } from './support/running-services.js';
import { tableContract } from './support/table-contract.js';

const url = runningServices?.redis.url ?? '';

describe.skipIf(runningServices === undefined)('Redis', () => {
  tableContract('Redis', {
    async open() {
      const prefix = `test:${randomUUID()}:`;
      return [openRedisTable({ url, prefix }), openRedisTable({ url, prefix })];
    },
  });
});
