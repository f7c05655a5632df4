import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readState } from '../services/state.mjs';
import { findMarkInBytes } from './mark.mjs';
import { noteCount, noteLeak } from './notes.mjs';

const filesIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder)
        .map((name) => join(folder, name))
        .filter((file) => statSync(file, { throwIfNoEntry: false })?.isFile())
    : [];

const search = (place, bytes) => {
  noteCount(`bytes of ${place}`, bytes.length);
  noteLeak(`the files of ${place}`, findMarkInBytes(bytes));
};

/** Its append-only files, from where they end now. */
const watchRedis = ({ config }) => {
  const folder = join(dirname(config), 'appendonlydir');
  const sizes = new Map(filesIn(folder).map((file) => [file, statSync(file).size]));
  return () => {
    for (const file of filesIn(folder))
      search('Redis', readFileSync(file).subarray(sizes.get(file)));
  };
};

const PAGE = 8_192;

/** The pages of the write-ahead log with their places in it; files that wait to be used again have old ones. */
function* pagesOf(folder) {
  for (const file of filesIn(folder)) {
    const bytes = readFileSync(file);
    for (let at = 0; at + PAGE <= bytes.length; at += PAGE) {
      // After magic, info and timeline (XLogPageHeaderData).
      yield { address: bytes.readBigUInt64LE(at + 8), page: bytes.subarray(at, at + PAGE) };
    }
  }
}

const firstDifference = (one, other) => {
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return at === -1 ? one.length : at;
};

/** Its write-ahead log, from where it ends now. */
const watchPostgres = ({ data }) => {
  const folder = join(data, 'pg_wal');
  let last = { address: -1n, page: Buffer.alloc(0) };
  for (const found of pagesOf(folder)) if (found.address > last.address) last = found;
  return () => {
    const added = [];
    for (const { address, page } of pagesOf(folder)) {
      if (address > last.address) added.push(page);
      if (address === last.address) added.push(page.subarray(firstDifference(page, last.page)));
    }
    search('PostgreSQL', Buffer.concat(added));
  };
};

/** What the servers write to their disks from now on: all that a test wrote, also what it removed since. */
export const watchServers = async () => {
  const state = await readState();
  if (state === undefined) return () => {};
  const searches = [watchRedis(state.redis), watchPostgres(state.postgres)];
  return () => {
    for (const searchNow of searches) searchNow();
  };
};
