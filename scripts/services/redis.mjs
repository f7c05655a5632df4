import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { run } from '../command.mjs';
import { awaitPort } from './ports.mjs';

/** A Redis that keeps what it is told: append-only file, no eviction. */
export const redis = {
  async create(folder, port, { redisServer }) {
    const password = randomBytes(16).toString('hex');
    const config = join(folder, 'redis.conf');
    const settings = {
      bind: '127.0.0.1',
      port,
      dir: folder,
      requirepass: password,
      daemonize: 'yes',
      logfile: join(folder, 'redis.log'),
      save: '""',
      appendonly: 'yes',
      'maxmemory-policy': 'noeviction',
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} ${value}\n`);
    await writeFile(config, lines.join(''), { mode: 0o600 });
    const url = `redis://:${password}@127.0.0.1:${port}`;
    return { url, port, password, config, redisServer };
  },

  async start({ redisServer, config, port }) {
    await run(redisServer, [config], { isServer: true });
    await awaitPort(port, true, 'Redis did not start');
  },

  /** By its own password, not by a process id: after a restart of the machine that is somebody else's. */
  async stop({ port, password }) {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {}).end(`AUTH ${password}\r\nSHUTDOWN\r\n`);
    await awaitPort(port, false, 'Redis did not stop');
  },
};
