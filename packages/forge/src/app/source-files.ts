import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** In the order in which Forge's bundler looks for them. */
export const EXTENSIONS = ['.ts', '.tsx', '.js', '.jsx', '.mjs', '.cjs', '.mts', '.cts'] as const;

const isFile = (path: string): boolean => existsSync(path) && statSync(path).isFile();

/** The file that a path without extension means, or a folder's index; undefined where there is none. */
export const findSource = (path: string): string | undefined =>
  [...EXTENSIONS, '.json']
    .flatMap((extension) => [path + extension, join(path, `index${extension}`)])
    .find(isFile);

/** What bundlers find and Node doesn't: `./lib`, `./folder`, and `./lib.js` that is written in TypeScript. */
export const findRelative = (specifier: string, parent: string): string | undefined => {
  if (!/^\.\.?(?:\/|$)/.test(specifier)) return undefined;
  const path = fileURLToPath(new URL(specifier, parent));
  const found = findSource(path) ?? findSource(path.replace(/\.[cm]?jsx?$/, ''));
  return found === undefined ? undefined : pathToFileURL(found).href;
};

/** Whether a file whose package doesn't say so is ESM; Node tells it too, but with a warning. */
export const looksLikeEsm = (url: string): boolean => {
  const text = readFileSync(fileURLToPath(url), 'utf8');
  return /^(?:import|export)\b/m.test(text) && !/\brequire\(|\bexports\b/.test(text);
};
