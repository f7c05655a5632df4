import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findMark } from './mark.mjs';
import { noteLeak } from './notes.mjs';

const INLINE = /toMatchInlineSnapshot\(\s*(`[\s\S]*?`|'[^']*'|"[^"]*")/g;

/** Searches the snapshots below a folder, in files of their own and in the tests. */
export const searchSnapshots = (root) => {
  const exclude = (name) => name === 'node_modules' || name === 'dist';
  for (const file of globSync('**/*.{snap,test.ts}', { cwd: root, exclude })) {
    const text = readFileSync(join(root, file), 'utf8');
    const shown = file.endsWith('.snap')
      ? text
      : [...text.matchAll(INLINE)].map(([, snapshot]) => snapshot).join('\n');
    noteLeak(`the snapshot ${file}`, findMark(shown));
  }
};
