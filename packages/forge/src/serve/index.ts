export { type DefineAppOptions, defineApp, type ForgeApp } from '../app/define-app.js';
export type { ForgeFunction } from '../app/load-function.js';
export { type ResolverCall, type RunAppOptions, type RunningApp, runApp } from '../app/run-app.js';
export {
  type WebTriggerAnswer,
  WebTriggerAnswerError,
  type WebTriggerCall,
} from '../app/web-trigger-answer.js';
export type * from '../manifest/manifest.js';
export { ManifestError, type ManifestProblem } from '../manifest/manifest-error.js';
export { oauthScopes } from '../manifest/oauth-scopes.js';
export { parseManifest, readManifest } from '../manifest/read-manifest.js';
export { type AppServer, serve } from './serve.js';
export type { ServeAddress, ServeOptions } from './serve-options.js';
