import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../run.mjs';

/** Where tests and benchmarks find the servers: `{ redis: { url }, postgres: { url } }`. */
export const stateFile =
  process.env.TRIBUTARY_SERVICES ?? join(root, 'node_modules/.cache/tributary/services.json');

export const readState = async () => {
  try {
    return JSON.parse(await readFile(stateFile, 'utf8'));
  } catch {
    return undefined;
  }
};
