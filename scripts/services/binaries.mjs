import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { run } from './command.mjs';

/** Debian keeps a folder for each version of PostgreSQL, outside PATH. */
const DEBIAN = '/usr/lib/postgresql';

const isExecutable = (file) => {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const postgresFolders = () =>
  existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(DEBIAN, version, 'bin'))
    : [];

const find = (name, folders = []) =>
  [...folders, ...(process.env.PATH ?? '').split(delimiter)]
    .map((folder) => join(folder, name))
    .find(isExecutable);

const look = () => {
  const folders = postgresFolders();
  return {
    redisServer: find('redis-server'),
    initdb: find('initdb', folders),
    pgCtl: find('pg_ctl', folders),
  };
};

const missingOf = ({ redisServer, initdb, pgCtl }) => [
  ...(redisServer === undefined ? ['redis-server'] : []),
  ...(initdb === undefined || pgCtl === undefined ? ['postgresql'] : []),
];

/** The servers' programs, installed first where that can be done without asking. */
export const findBinaries = async () => {
  const missing = missingOf(look());
  if (missing.length > 0) await install(missing);
  const found = look();
  const still = missingOf(found);
  if (still.length > 0) throw new Error(`Installed, and yet not found: ${still.join(' and ')}.`);
  return found;
};

const install = async (packages) => {
  const isRoot = process.getuid?.() === 0;
  if (!isRoot || find('apt-get') === undefined) {
    throw new Error(
      `Tests of the stores need ${packages.join(' and ')}. Install them (Debian: apt-get install ${packages.join(' ')}; macOS: brew install redis postgresql) and try again.`,
    );
  }
  console.error(`Installing ${packages.join(' and ')} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  await withoutAutostart(() =>
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env }),
  );
};

/** Debian starts what it installs, unless this file says no. */
const POLICY = '/usr/sbin/policy-rc.d';

const withoutAutostart = async (work) => {
  if (existsSync(POLICY)) return work();
  await writeFile(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    return await work();
  } finally {
    await rm(POLICY, { force: true });
  }
};
