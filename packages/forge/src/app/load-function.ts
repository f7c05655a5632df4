import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ForgeManifest, FunctionModule } from '../manifest/manifest.js';
import { ManifestError } from '../manifest/manifest-error.js';
import { addAppFolder } from './app-folders.js';
import { hookApps } from './app-hooks.js';
import { EXTENSIONS, findSource } from './source-files.js';

/** A function of an app: the module's own payload, and what Forge tells of the run. */
export type ForgeFunction = (payload: never, context: never) => unknown;

/** Where the app's code is and what it runs on. */
export interface AppCode {
  /** Absolute: where `index.run` means `index.ts` or `index.js`. */
  readonly folder: string;
  readonly usesDropIn: boolean;
}

/** Whether code in a folder would find the real package. By the folders above it, since NODE_PATH counts for no `import`. */
export const hasForgeApi = (folder: string): boolean => {
  if (existsSync(join(folder, 'node_modules', '@forge', 'api', 'package.json'))) return true;
  const above = dirname(folder);
  return above !== folder && hasForgeApi(above);
};

const load = async (file: string): Promise<unknown> => {
  try {
    // Serves ESM, CommonJS and TypeScript alike, past whatever transforms this module's own imports.
    return createRequire(file)(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_REQUIRE_ASYNC_MODULE') throw error;
    return import(/* @vite-ignore */ pathToFileURL(file).href);
  }
};

/** What Node doesn't do and bundlers do; undefined for an error of the code's own. */
const hintOf = (file: string, { code, message }: NodeJS.ErrnoException): string | undefined => {
  if (/x$/.test(file) || code === 'ERR_UNKNOWN_FILE_EXTENSION')
    return 'Node does not read such files';
  if (code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') {
    return 'Node only strips types, and this is more than types';
  }
  return /does not provide an export named/.test(message)
    ? `${message}; Node needs the word type where a type is exported again`
    : undefined;
};

const exportOf = (loaded: unknown, name: string): unknown => {
  const exports = (loaded ?? {}) as Record<string, unknown>;
  const inner = exports.default as Record<string, unknown> | undefined;
  return exports[name] ?? inner?.[name];
};

/**
 * What a function module's `handler` names.
 * @throws ManifestError where it isn't there, or can't be loaded
 */
export const loadFunction = async (
  manifest: ForgeManifest,
  module: FunctionModule,
  code: AppCode,
): Promise<ForgeFunction> => {
  const { field, line, handler } = module;
  const fail = (problem: string, cause?: unknown) =>
    new ManifestError(manifest.file, [{ field, line, problem }], cause);
  const path = join(code.folder, handler.file);
  const file = findSource(path);
  if (file === undefined) {
    const reason = existsSync(code.folder)
      ? `names ${handler.file}, but there is no ${path} with one of ${EXTENSIONS.join(' ')}`
      : `is looked for in ${code.folder}, which is not there; give the folder of the code as the option code`;
    throw fail(reason);
  }
  addAppFolder(manifest.folder, code.usesDropIn);
  addAppFolder(code.folder, code.usesDropIn);
  hookApps();
  let loaded: unknown;
  try {
    loaded = await load(file);
  } catch (error) {
    const { message } = error as Error;
    const hint = hintOf(file, error as NodeJS.ErrnoException);
    throw fail(
      hint === undefined
        ? `names ${file}, which fails as it loads: ${message}`
        : `names ${file}: ${hint}. Or bundle the app, and give the folder of the bundle as the option code`,
      error,
    );
  }
  const found = exportOf(loaded, handler.name);
  if (typeof found === 'function') return found as ForgeFunction;
  throw fail(`names ${handler.name}, but ${file} exports no such function`);
};
