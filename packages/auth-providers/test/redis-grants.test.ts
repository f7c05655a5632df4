import { randomUUID } from 'node:crypto';
import { describe } from 'vitest';
import { encryption, generateEncryptionKey } from '../src/grants/encryption/index.js';
import { openRedisTable, redisGrants } from '../src/grants/redis/redis-grants.js';
import { processCases } from './support/process-cases.js';
import { runningServices } from './support/running-services.js';
import { storeContract } from './support/store-contract.js';

const url = runningServices?.redis.url ?? '';
const key = generateEncryptionKey();
const place = () => `test:${randomUUID()}:`;

describe.skipIf(runningServices === undefined)('Redis', () => {
  storeContract({
    place,
    table: (prefix) => openRedisTable({ url, prefix }),
    storage: (prefix) => redisGrants({ url, prefix, encryption: encryption({ key }) }),
  });

  processCases({
    store: 'redis',
    settings: () => ({ url, prefix: place(), key }),
    open: (settings) => redisGrants({ ...settings, encryption: encryption({ key }) }),
  });
});
