import { readFileSync } from 'node:fs';
import * as module from 'node:module';
import { fileURLToPath } from 'node:url';

type Strip = typeof module.stripTypeScriptTypes | undefined;

/** Node warns that this is experimental, to whoever calls it; the app's author does not. */
const quietly = <T>(work: () => T): T => {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
};

/** Imports, comments and blanks that a file begins with: further down, an import may be text of a template. */
const HEAD =
  /^(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|(?:'use strict'|"use strict");?|import(?:\s[^'";()]*)?(?:'[^'\n]*'|"[^"\n]*")(?:\s*with\s*\{[^}]*\})?;?)*/;
const IMPORT = /^[ \t]*import\s+(?:[\w$]+\s*,\s*)?\{[^}'"]*\}\s*from\s*(?:'[^'\n]*'|"[^"\n]*");?/gm;
const SPECIFIER = /([\w$]+)(?:\s+as\s+([\w$]+))?(?:\s*,)?/g;

/** Of the same length, so that the rest stays where it is. */
const blank = (text: string): string => text.replace(/[^\n]/g, ' ');

const escaped = (name: string): string => name.replaceAll('$', '\\$');

/** What `code` imports by name and never speaks of is left out, as TypeScript leaves it out. */
const withoutUnusedImports = (code: string): string => {
  const [head = ''] = HEAD.exec(code) ?? [];
  const body = code.slice(head.length);
  const rest = head.replace(IMPORT, blank) + body;
  const isUsed = (name: string): boolean =>
    new RegExp(`(?<![\\w$.])${escaped(name)}(?![\\w$])`).test(rest);
  const shorter = head.replace(IMPORT, (statement) => {
    let kept = 0;
    const left = statement.replace(/\{[^}]*\}/, (clause) =>
      clause
        // Comments in it are names of nothing.
        .replace(/\/\/.*|\/\*[\s\S]*?\*\//g, blank)
        .replace(SPECIFIER, (specifier, name: string, local = name) => {
          if (!isUsed(local)) return blank(specifier);
          kept += 1;
          return specifier;
        }),
    );
    const hasDefault = /^\s*import\s+[\w$]/.test(statement);
    return kept === 0 && !hasDefault ? blank(statement) : left;
  });
  return shorter + body;
};

/**
 * A TypeScript module that imports types without the word `type`, as JavaScript; undefined where Node loads it
 * as well, and where it is more than types. Lines and columns stay what they were.
 */
export const typescriptSource = (url: string): string | undefined => {
  const strip: Strip = module.stripTypeScriptTypes;
  // Younger than the oldest Node that this runs on.
  if (strip === undefined) return undefined;
  let code: string;
  try {
    const text = readFileSync(fileURLToPath(url), 'utf8');
    code = quietly(() => strip(text));
  } catch {
    return undefined;
  }
  const left = withoutUnusedImports(code);
  return left === code ? undefined : left;
};
