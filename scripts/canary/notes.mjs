import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { isExempt } from './exempt.mjs';

const FOLDER = 'TRIBUTARY_CANARY_NOTES';

/** Begins the notes of a run; the processes of its tests find them by the environment. */
export const openNotes = () => {
  process.env[FOLDER] = mkdtempSync(join(tmpdir(), 'tributary-canary-'));
};

const write = (note) => {
  const folder = process.env[FOLDER];
  if (folder === undefined) return;
  appendFileSync(join(folder, `${process.pid}-${threadId}.jsonl`), `${JSON.stringify(note)}\n`);
};

/** Notes a leak, unless it is one on purpose. */
export const noteLeak = (place, found) => {
  if (found !== undefined && !isExempt(place)) write({ place, ...found });
};

/** Notes how much of a kind was searched, so that a search of nothing shows. */
export const noteCount = (kind, count) => {
  if (count > 0) write({ kind, count });
};

/** All notes of the run, which end here. */
export const closeNotes = () => {
  const folder = process.env[FOLDER];
  const lines = readdirSync(folder).flatMap((name) =>
    readFileSync(join(folder, name), 'utf8').trim().split('\n'),
  );
  rmSync(folder, { recursive: true });
  delete process.env[FOLDER];
  const notes = lines.map((line) => JSON.parse(line));
  const counts = {};
  for (const { kind, count } of notes) if (kind) counts[kind] = (counts[kind] ?? 0) + count;
  const leaks = notes.filter(({ place }) => place !== undefined);
  // One line for each place, however often it was searched.
  return { leaks: [...new Map(leaks.map((leak) => [leak.place, leak])).values()], counts };
};
