import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

/** One fenced block of a README. */
export interface CodeBlock {
  /** Relative to the root. */
  readonly readme: string;
  readonly line: number;
  /** `ts`, `js`, `sh`, `json`, `text`, … */
  readonly language: string;
  /** Words after the language, such as `no-run`. */
  readonly flags: readonly string[];
  readonly code: string;
}

/** The fence may be indented (in a list) and longer than three. */
const FENCE = /^([ \t]*)(`{3,})([^\n`]*)\n([\s\S]*?)^\1\2[ \t]*$/gm;

const blocksOf = (readme: string): CodeBlock[] => {
  const text = readFileSync(join(root, readme), 'utf8');
  return [...text.matchAll(FENCE)].map((match) => {
    const [language = '', ...flags] = (match[3] ?? '').trim().split(/\s+/);
    const line = text.slice(0, match.index).split('\n').length;
    return { readme, line, language, flags, code: match[4] ?? '' };
  });
};

const READMES = ['README.md', 'packages/*/README.md', 'apps/*/README.md', 'docs/*.md'];

export const readmes: readonly string[] = READMES.flatMap((glob) =>
  globSync(glob, { cwd: root }),
).sort();

export const blocks: readonly CodeBlock[] = readmes.flatMap(blocksOf);

export const isScript = (block: CodeBlock): boolean =>
  ['ts', 'js', 'mjs', 'typescript', 'javascript'].includes(block.language);

/** Where a block is written to: in here, so that it sees every package by its name. */
export const fileOf = (block: CodeBlock): string => {
  const extension = block.language.startsWith('t') ? 'mts' : 'mjs';
  const folder = dirname(block.readme).replaceAll(/[\\/]/g, '-');
  return join('test', '.readme', folder, `line-${block.line}.${extension}`);
};
