import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, installPackages } from '../programs.mjs';

/** Debian keeps a folder for each version of PostgreSQL, outside PATH. */
const DEBIAN = '/usr/lib/postgresql';

const postgresFolders = () =>
  existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(DEBIAN, version, 'bin'))
    : [];

const look = () => {
  const folders = postgresFolders();
  return {
    redisServer: findProgram('redis-server'),
    initdb: findProgram('initdb', folders),
    pgCtl: findProgram('pg_ctl', folders),
  };
};

const missingOf = ({ redisServer, initdb, pgCtl }) => [
  ...(redisServer === undefined ? ['redis-server'] : []),
  ...(initdb === undefined || pgCtl === undefined ? ['postgresql'] : []),
];

/** The servers' programs, installed first where that can be done without asking. */
export const findBinaries = async () => {
  const missing = missingOf(look());
  if (missing.length > 0) {
    await installPackages(
      missing,
      `Tests of the stores need ${missing.join(' and ')}. Install them (Debian: apt-get install ${missing.join(' ')}; macOS: brew install redis postgresql) and try again.`,
    );
  }
  const found = look();
  const still = missingOf(found);
  if (still.length > 0) throw new Error(`Installed, and yet not found: ${still.join(' and ')}.`);
  return found;
};
