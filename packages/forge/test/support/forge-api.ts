import { createRequire } from 'node:module';
import type * as forge from '@forge/api';

const load = createRequire(import.meta.url);

/** The real package, as an app in CommonJS gets it. */
export const forgeApi: typeof forge = load('@forge/api');

/** A second copy, which takes hold of the global fetch as it is now. */
export const loadForgeApiAnew = (): typeof forge => {
  for (const file of Object.keys(load.cache)) {
    if (/[\\/]@forge[\\/]api[\\/]/.test(file)) delete load.cache[file];
  }
  return load('@forge/api');
};

interface Globals {
  __forge_fetch__?: unknown;
  __forge_runtime__?: unknown;
}

export const globals = globalThis as Globals;
