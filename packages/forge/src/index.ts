export { type ForgeBoundaryOptions, forgeBoundary } from './consent/forge-boundary.js';
export { usePlatform } from './drop-in/current-platform.js';
export { ForgeRuntimeMissingError } from './drop-in/runtime-missing-error.js';
export { ForgeUnsupportedError } from './drop-in/unsupported.js';
export { type UseTributaryOptions, useTributary } from './drop-in/use-tributary.js';
export { type InstallOptions, install } from './install.js';
export { createPlatform } from './platform/create-platform.js';
export {
  type ExternalClient,
  type ExternalClientOptions,
  externalClient,
} from './platform/external-client.js';
export type {
  CapabilityMeta,
  ContextMeta,
  ExternalAuthMeta,
  ForgeFetch,
  ForgeMeta,
  ForgePlatform,
  ForgeProvider,
  ForgeRemote,
  ForgeRequestInit,
  ForgeResponse,
  ProductMeta,
  RemoteMeta,
  ServiceMeta,
} from './platform/forge-fetch.js';
export type {
  ForgeAppContext,
  ForgeExternal,
  ForgeExternalAccount,
  ForgeExternalAuth,
  ForgeHost,
  ForgeMetrics,
  ForgePermissions,
  ForgeRuntime,
  ForgeTimer,
} from './platform/forge-runtime.js';
export { describeInvocation, type ForgeInvocationDetails } from './platform/invocation-details.js';
export type {
  EndpointOptions,
  ExternalAuthOptions,
  ExternalRequest,
  ForgePlatformOptions,
  PlatformClient,
  WebTriggerUrls,
} from './platform/platform-options.js';
export { ScopeMissingError } from './platform/scope-missing-error.js';
