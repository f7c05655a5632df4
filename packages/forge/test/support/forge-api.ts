import { createRequire } from 'node:module';
import type * as forge from '@forge/api';

/** The real package, as an app in CommonJS gets it. */
export const forgeApi: typeof forge = createRequire(import.meta.url)('@forge/api');

interface Globals {
  __forge_fetch__?: unknown;
  __forge_runtime__?: unknown;
}

export const globals = globalThis as Globals;
