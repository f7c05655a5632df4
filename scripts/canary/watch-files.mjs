import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { searchDatabases } from './database-files.mjs';

const TEMPORARY = fs.realpathSync(tmpdir());

const searchFirst = (path) => {
  const place = String(path instanceof URL ? path.pathname : path);
  if (place.startsWith(TEMPORARY) || place.startsWith(tmpdir())) searchDatabases(place);
};

const watch = (owner, name) => {
  const remove = owner[name];
  owner[name] = (path, ...rest) => {
    searchFirst(path);
    return remove.call(owner, path, ...rest);
  };
};

/** Databases of tests end with their folders: they are searched right before. */
export const watchFiles = () => {
  for (const name of ['rmSync', 'unlinkSync', 'rm', 'unlink']) watch(fs, name);
  for (const name of ['rm', 'unlink']) watch(fs.promises, name);
  syncBuiltinESMExports();
};
