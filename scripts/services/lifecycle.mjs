import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findBinaries } from './binaries.mjs';
import { freePort, isListening } from './ports.mjs';
import { postgres } from './postgres.mjs';
import { redis } from './redis.mjs';
import { readState, stateFile } from './state.mjs';

const servers = { redis, postgres };

/** Both servers answer. What a restart of the machine left behind counts as nothing, and is removed. */
export const isUp = async () => {
  const state = await readState();
  if (state === undefined) return false;
  const ports = Object.keys(servers).map((name) => state[name].port);
  if ((await Promise.all(ports.map(isListening))).every(Boolean)) return true;
  await remove(state);
  return false;
};

export const up = async () => {
  if (await isUp()) {
    console.error(`Redis and PostgreSQL are up already; ${stateFile} says where.`);
    return;
  }
  const binaries = await findBinaries();
  const folder = await mkdtemp(join(tmpdir(), 'tributary-services-'));
  // PostgreSQL runs as another user when this is root; each server's own folder is closed.
  await chmod(folder, 0o711);
  const state = { folder };
  try {
    await Promise.all(
      Object.entries(servers).map(async ([name, server]) => {
        const own = join(folder, name);
        await mkdir(own, { mode: 0o700 });
        state[name] = await server.create(own, await freePort(), binaries);
        await server.start(state[name]);
      }),
    );
    await write(state);
  } catch (error) {
    await remove(state);
    throw error;
  }
  console.error(`Redis and PostgreSQL are up; ${stateFile} says where.`);
};

export const down = async () => {
  const state = await readState();
  if (state !== undefined) await remove(state);
  console.error('Redis and PostgreSQL are down.');
};

const find = async (name) => {
  const state = await readState();
  if (state === undefined) throw new Error('The services are down: node scripts/services.mjs up');
  if (servers[name] === undefined)
    throw new Error(`Name one of ${Object.keys(servers).join(', ')}.`);
  return { server: servers[name], own: state[name] };
};

/** One server stopped, with its data kept, and started again at the same port. */
export const restart = {
  async stop(name) {
    const { server, own } = await find(name);
    await server.stop(own);
  },
  async start(name) {
    const { server, own } = await find(name);
    await server.start(own);
  },
};

const write = async (state) => {
  await mkdir(dirname(stateFile), { recursive: true });
  const draft = `${stateFile}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, stateFile);
};

const remove = async (state) => {
  for (const [name, server] of Object.entries(servers)) {
    if (state[name] !== undefined) await server.stop(state[name]).catch(() => {});
  }
  await rm(state.folder, { recursive: true, force: true });
  await rm(stateFile, { force: true });
};
