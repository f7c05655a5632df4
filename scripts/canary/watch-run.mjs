import { readdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { searchDatabases } from './database-files.mjs';
import { findMark } from './mark.mjs';
import { closeNotes, noteCount, noteLeak, openNotes } from './notes.mjs';
import { watchServers } from './servers.mjs';
import { searchSnapshots } from './snapshots.mjs';

const watchOutput = (stream) => {
  const { write } = stream;
  const pieces = [];
  stream.write = function watched(piece, ...rest) {
    pieces.push(typeof piece === 'string' ? piece : Buffer.from(piece).toString('utf8'));
    return write.call(this, piece, ...rest);
  };
  return () => {
    stream.write = write;
    return pieces.join('');
  };
};

/** Folders that tests left behind. */
const leftSince = (startedAt) =>
  readdirSync(tmpdir())
    .filter((name) => name.startsWith('tributary-'))
    .map((name) => join(tmpdir(), name))
    .filter((path) => (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= startedAt);

/**
 * Watches a run of tests from its own process; the workers have watch.mjs. The function that it gives
 * ends that, and says where marked secrets came to light and how much was searched.
 */
export const watchRun = async (root) => {
  openNotes();
  const startedAt = Date.now();
  const outputs = [process.stdout, process.stderr].map(watchOutput);
  const searchServers = await watchServers();

  return (errors) => {
    const output = outputs.map((end) => end()).join('\n');
    noteCount('characters of output', output.length);
    noteLeak('the output of the run', findMark(output));
    noteLeak('a failure', findMark(JSON.stringify(errors)));
    for (const path of leftSince(startedAt)) searchDatabases(path);
    searchSnapshots(root);
    searchServers();
    return closeNotes();
  };
};
