export { type ForgeRemote, forgeRemote, type RemoteInvocation } from './forge-remote.js';
export {
  allowLoopback,
  FORGE_REMOTE_DEFAULTS,
  type ForgeEnvironment,
  type ForgeRemoteOptions,
} from './forge-remote-config.js';
export {
  INVOCATION_TOKEN_REASONS,
  InvocationKeysError,
  InvocationTokenError,
  type InvocationTokenReason,
} from './invocation-token-error.js';
export { forgeRemoteMiddleware, fromNodeRequest, type NodeMiddleware } from './node.js';
export { type OfflineUserOptions, offlineUser } from './offline-user.js';
export { OfflineUserError } from './offline-user-error.js';
export type { InstallationContext, RemoteContext } from './remote-context.js';
