export { type DefineAppOptions, defineApp, type ForgeApp } from '../app/define-app.js';
export type { ForgeFunction } from '../app/load-function.js';
export type * from '../manifest/manifest.js';
export { ManifestError, type ManifestProblem } from '../manifest/manifest-error.js';
export { parseManifest, readManifest } from '../manifest/read-manifest.js';
