import { randomBytes } from 'node:crypto';
import { appendFile, chown, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../command.mjs';
import { isListening } from './ports.mjs';

const USER = 'tributary';

/** PostgreSQL refuses to run as root: its own user then, or one that owns nothing. */
const unprivileged = async () => {
  if (process.getuid?.() !== 0) return {};
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { uid: Number(uid), gid: Number(gid) };
    } catch {
      // The next one.
    }
  }
  throw new Error('PostgreSQL refuses to run as root, and there is no user postgres or nobody.');
};

/** A PostgreSQL cluster of its own, on loopback only. */
export const postgres = {
  async create(folder, port, { initdb, pgCtl }) {
    const as = await unprivileged();
    const password = randomBytes(16).toString('hex');
    const data = join(folder, 'data');
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    if (as.uid !== undefined) {
      for (const path of [folder, passwordFile]) await chown(path, as.uid, as.gid);
    }
    const options = ['--username', USER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'];
    const text = ['--encoding', 'UTF8', '--locale', 'C', '--no-sync'];
    await run(initdb, ['--pgdata', data, ...options, ...text], { as });
    const settings = {
      port,
      listen_addresses: "'127.0.0.1'",
      unix_socket_directories: "''",
      max_connections: 200,
      shared_buffers: '32MB',
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
    await appendFile(join(data, 'postgresql.conf'), lines.join(''));
    const url = `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`;
    return { url, port, folder, data, as, pgCtl };
  },

  async start({ pgCtl, data, folder, as }) {
    const log = join(folder, 'postgres.log');
    await run(pgCtl, ['start', '--pgdata', data, '--log', log, '--wait'], { as, isServer: true });
  },

  async stop({ pgCtl, data, as, port }) {
    // A dead one's process id may be somebody else's by now.
    if (!(await isListening(port))) return;
    await run(pgCtl, ['stop', '--pgdata', data, '--mode', 'fast', '--wait'], { as });
  },
};
