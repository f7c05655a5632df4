import { ChildProcess } from 'node:child_process';
import { findMark } from './mark.mjs';
import { noteCount, noteLeak } from './notes.mjs';

/** A mark may be cut in two between two pieces. */
const OVERLAP = 64;

const watchStream = (stream, place) => {
  if (stream === null || stream === undefined) return;
  const { push } = stream;
  let tail = '';
  // Where pieces come in: a listener would have the stream flow before its reader is there.
  stream.push = function watched(piece, ...rest) {
    if (piece !== null) {
      const text = tail + Buffer.from(piece).toString('latin1');
      noteLeak(place, findMark(text));
      tail = text.slice(-OVERLAP);
    }
    return push.call(this, piece, ...rest);
  };
};

/** Searches what every process prints that a test starts. */
export const watchProcesses = () => {
  const { spawn } = ChildProcess.prototype;
  ChildProcess.prototype.spawn = function watched(options) {
    const result = spawn.call(this, options);
    const place = `the output of ${this.spawnargs?.join(' ').slice(0, 300)}`;
    for (const stream of [this.stdout, this.stderr]) watchStream(stream, place);
    noteCount('processes', 1);
    return result;
  };
};
