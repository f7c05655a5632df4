import { isAbsolute, join } from 'node:path';
import { ConfigError } from '@tributary/pipeline';
import type { ForgeManifest, FunctionModule } from '../manifest/manifest.js';
import { readManifest } from '../manifest/read-manifest.js';
import { ownEntry } from '../own-entry.js';
import { type ForgeFunction, hasForgeApi, loadFunction } from './load-function.js';

export interface DefineAppOptions {
  /** The manifest, its file, or the app's folder. */
  readonly manifest: string | ForgeManifest;
  /** The folder that handlers are in, from the app's: `dist` for a bundle. Default `src`, as in Forge. */
  readonly code?: string;
  /** Functions by the keys of the manifest's function modules. All others are loaded from the code. */
  readonly handlers?: Readonly<Record<string, ForgeFunction>>;
  /** What `resolver.getDefinitions()` gives: the function of each UI module that `handlers` has none for. */
  readonly resolver?: ForgeFunction;
  /** What `@forge/api` is in the app's code. Default: the real package where the app has it, else the drop-in. */
  readonly forgeApi?: 'installed' | 'drop-in';
}

/** An app that can be run: its manifest, and its functions. */
export interface ForgeApp {
  readonly manifest: ForgeManifest;
  /** Loads a function once, and with it the app's code: after `install`, so that it finds its runtime. */
  load(key: string): Promise<ForgeFunction>;
}

const checkHandlers = (manifest: ForgeManifest, handlers: DefineAppOptions['handlers']): void => {
  for (const [key, handler] of Object.entries(handlers ?? {})) {
    const field = `handlers.${key}`;
    if (typeof handler !== 'function') throw new ConfigError(field, 'must be a function');
    if (manifest.functions.some((module) => module.key === key)) continue;
    const known = manifest.functions.map((module) => module.key).join(', ');
    throw new ConfigError(field, `is no function of the manifest; there is: ${known}`);
  }
};

/**
 * A Forge app outside Forge, by its manifest and its code as they are.
 * @throws ManifestError where the manifest is wrong; ConfigError naming the option
 */
export const defineApp = (options: DefineAppOptions): ForgeApp => {
  const { handlers = {}, resolver, code = 'src' } = options;
  const manifest =
    typeof options.manifest === 'string' ? readManifest(options.manifest) : options.manifest;
  checkHandlers(manifest, handlers);
  if (resolver !== undefined && typeof resolver !== 'function') {
    throw new ConfigError('resolver', 'must be what resolver.getDefinitions() gives');
  }
  const folder = isAbsolute(code) ? code : join(manifest.folder, code);
  const usesDropIn = (): boolean =>
    options.forgeApi === undefined ? !hasForgeApi(manifest.folder) : options.forgeApi === 'drop-in';
  const resolving = new Set(manifest.resolvers.map((module) => module.function));

  const find = async (module: FunctionModule): Promise<ForgeFunction> => {
    const own = ownEntry(handlers, module.key);
    if (own !== undefined) return own;
    if (resolver !== undefined && resolving.has(module.key)) return resolver;
    return loadFunction(manifest, module, { folder, usesDropIn: usesDropIn() });
  };

  const loaded = new Map<string, Promise<ForgeFunction>>();
  return {
    manifest,
    load(key) {
      const module = manifest.functions.find((candidate) => candidate.key === key);
      if (module === undefined) {
        return Promise.reject(new ConfigError('function', `${key} is no function of the manifest`));
      }
      const known = loaded.get(key) ?? find(module);
      loaded.set(key, known);
      return known;
    },
  };
};
