import { afterAll, beforeAll, expect } from 'vitest';
import { TributaryError } from '../../packages/pipeline/dist/index.js';
import { onLogLine } from '../../packages/testing/dist/index.js';
import { findMark } from './mark.mjs';
import { noteCount, noteLeak } from './notes.mjs';
import { searchErrors, watchErrors } from './watch-errors.mjs';
import { watchFiles } from './watch-files.mjs';
import { watchProcesses } from './watch-processes.mjs';

const WATCHED = Symbol.for('tributary.canary');

// Once for each worker, which may run many files.
if (globalThis[WATCHED] === undefined) {
  const lines = [];
  globalThis[WATCHED] = { lines };
  watchFiles();
  watchProcesses();
  watchErrors(TributaryError);
  onLogLine((line) => {
    lines.push(line);
  });
}

beforeAll(async () => {
  // Its own tests have another copy of the class, from its sources.
  const { testPath = '' } = expect.getState();
  if (!testPath.includes('/packages/pipeline/')) return;
  const sources = await import('../../packages/pipeline/src/errors/tributary-error.js');
  if (Object.getPrototypeOf(sources.TributaryError) === Error) watchErrors(sources.TributaryError);
});

afterAll(() => {
  const { testPath = '' } = expect.getState();
  const lines = globalThis[WATCHED].lines.splice(0);
  noteCount('log lines', lines.length);
  if (findMark(JSON.stringify(lines)) !== undefined) {
    for (const line of lines) {
      noteLeak(`the log line "${line.message}" in ${testPath}`, findMark(JSON.stringify(line)));
    }
  }
  searchErrors(testPath);
});
