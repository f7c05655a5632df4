import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findMarkInBytes } from './mark.mjs';
import { noteCount, noteLeak } from './notes.mjs';

const SQLITE = Buffer.from('SQLite format 3\0');
/** A write-ahead log begins with one of two numbers ("Database File Format", section 4.1). */
const LOGS = [Buffer.from([0x37, 0x7f, 0x06, 0x82]), Buffer.from([0x37, 0x7f, 0x06, 0x83])];

const isDatabase = (path) => {
  const head = Buffer.alloc(SQLITE.length);
  const file = openSync(path, 'r');
  try {
    readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  return head.equals(SQLITE) || LOGS.some((log) => head.subarray(0, 4).equals(log));
};

function* filesBelow(path, depth = 6) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile()) yield path;
  if (!stat?.isDirectory() || depth === 0) return;
  for (const name of readdirSync(path)) yield* filesBelow(join(path, name), depth - 1);
}

/** Searches the SQLite files at or below a path. Whatever can't be read is somebody else's. */
export const searchDatabases = (path) => {
  let count = 0;
  try {
    for (const file of filesBelow(path)) {
      if (!isDatabase(file)) continue;
      count += 1;
      noteLeak(`the SQLite file ${file}`, findMarkInBytes(readFileSync(file)));
    }
  } catch {}
  noteCount('SQLite files', count);
};
