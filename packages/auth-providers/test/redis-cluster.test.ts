import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, createCluster } from 'redis';
import { afterAll, beforeAll, describe } from 'vitest';
import { encryption, generateEncryptionKey } from '../src/grants/encryption/index.js';
import { openRedisTable, redisGrants } from '../src/grants/redis/redis-grants.js';
import { runningServices } from './support/running-services.js';
import { storeContract } from './support/store-contract.js';

const program = runningServices?.redis.redisServer ?? '';
const key = generateEncryptionKey();

describe.skipIf(runningServices === undefined)('a Redis cluster', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-cluster-'));
  let server: ChildProcess | undefined;
  let cluster: ReturnType<typeof createCluster>;
  let places = 0;

  beforeAll(async () => {
    // Below the ports that are given out, as is that of a cluster's own traffic, which is 10,000 higher.
    const port = 10_000 + Math.floor(Math.random() * 10_000);
    const options = {
      port,
      bind: '127.0.0.1',
      dir: folder,
      'cluster-enabled': 'yes',
      appendonly: 'yes',
    };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
    server = spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] });
    const url = `redis://127.0.0.1:${port}`;
    const node = createClient({ url });
    node.on('error', () => {});
    await node.connect();
    await node.sendCommand(['CLUSTER', 'ADDSLOTSRANGE', '0', '16383']);
    while (!String(await node.sendCommand(['CLUSTER', 'INFO'])).includes('cluster_state:ok')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    node.destroy();
    cluster = createCluster({ rootNodes: [{ url }] });
    await cluster.connect();
  });

  afterAll(async () => {
    cluster?.destroy();
    if (server !== undefined) {
      server.kill();
      await once(server, 'exit');
    }
    rmSync(folder, { recursive: true, force: true });
  });

  storeContract({
    place: () => {
      places += 1;
      return `test-${places}:`;
    },
    table: (prefix) => openRedisTable({ client: cluster, prefix }),
    storage: (prefix) => redisGrants({ client: cluster, prefix, encryption: encryption({ key }) }),
  });
});
