import { createRequire, type LoadHookSync, type ResolveHookSync, registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { appFolderOf, isOwnCode } from './app-folders.js';
import { hasBundlerInterop, interopSource, interopUrl } from './bundler-interop.js';
import { findRelative, looksLikeEsm } from './source-files.js';
import { typescriptSource } from './typescript-source.js';

/** By its name, as the app's own bundler would find it. */
const dropIn = (): string =>
  pathToFileURL(createRequire(import.meta.url).resolve('@tributary/forge/api')).href;

/** Apps are written for a bundler: their own imports are found as it finds them. All others are left alone. */
const resolve: ResolveHookSync = (specifier, context, next) => {
  const { parentURL, conditions } = context;
  const app = appFolderOf(parentURL);
  if (app === undefined || parentURL === undefined) return next(specifier, context);
  if (specifier === '@forge/api' && app.usesDropIn) {
    return { url: dropIn(), format: 'module', shortCircuit: true };
  }
  if (!isOwnCode(parentURL, app)) return next(specifier, context);
  try {
    const found = next(specifier, context);
    // A Set, up to Node 24.
    const isImport = [...conditions].includes('import');
    if (!isImport || found.format === 'module' || !hasBundlerInterop(parentURL)) return found;
    const isPackage = !/^(?:\.|\/|node:|file:)/.test(specifier);
    return isPackage ? { ...found, url: interopUrl(found.url), format: null } : found;
  } catch (error) {
    const url = findRelative(specifier, parentURL);
    if (url === undefined) throw error;
    return next(url, context);
  }
};

const load: LoadHookSync = (url, context, next) => {
  const source = interopSource(url);
  if (source !== undefined) return { format: 'module', source, shortCircuit: true };
  const app = appFolderOf(url);
  const kind = /\.(m?ts|js)$/.exec(url)?.[1];
  const isOwn = app !== undefined && kind !== undefined && isOwnCode(url, app);
  if (!isOwn || !looksLikeEsm(url)) return next(url, context);
  const javascript = kind === 'js' ? undefined : typescriptSource(url);
  if (javascript !== undefined) {
    return { format: 'module', source: javascript, shortCircuit: true };
  }
  const isUnsaid = context.format === undefined || context.format === null;
  const isMisread = isUnsaid || /^\.?commonjs/.test(`${context.format}`);
  if (!isMisread || !hasBundlerInterop(url)) return next(url, context);
  return next(url, { ...context, format: kind === 'js' ? 'module' : 'module-typescript' });
};

let isHooked = false;

/** Has the code of apps loaded as they are written, in this process. */
export const hookApps = (): void => {
  if (isHooked) return;
  isHooked = true;
  registerHooks({ resolve, load });
};
