import { AsyncLocalStorage } from 'node:async_hooks';
import type {
  AppAri,
  AppContext,
  EnvironmentAri,
  ForgeRuntime,
  InstallationAri,
} from './app-context-types.js';
import { currentRuntime } from './current-platform.js';
import { RuntimePermissions } from './permission-set.js';

/** @throws ForgeRuntimeMissingError, whose message begins with Forge's words */
export const getRuntime = (): ForgeRuntime => currentRuntime() as unknown as ForgeRuntime;

const ecosystem = <Fields extends object>(fields: Fields, rest: string) => {
  const text = () => `ari:cloud:ecosystem::${rest}`;
  return { ...fields, toString: text, toJSON: text };
};

const appAri = (appId: string): AppAri => ecosystem({ appId }, `app/${appId}`);
const environmentAri = (appId: string, environmentId: string): EnvironmentAri =>
  ecosystem({ environmentId }, `environment/${appId}/${environmentId}`);
const installationAri = (installationId: string): InstallationAri =>
  ecosystem({ installationId }, `installation/${installationId}`);

const noDeadline = (): never => {
  throw new Error(
    'Lambda remaining time is not available. If tunnelling, update Forge CLI to the latest version.',
  );
};

/**
 * What the app is, and the invocation that it runs in.
 * @throws ForgeRuntimeMissingError outside an invocation
 */
export const getAppContext = (): AppContext => {
  const { appContext, lambdaContext } = getRuntime();
  const { appId, environmentId, installationId, permissions } = appContext;
  return {
    appAri: appAri(appId),
    appVersion: appContext.appVersion,
    environmentAri: environmentAri(appId, environmentId),
    environmentType: appContext.environmentType,
    installationAri: installationAri(installationId),
    invocationId: appContext.invocationId,
    invocationRemainingTimeInMillis: lambdaContext.getRemainingTimeInMillis ?? noDeadline,
    moduleKey: appContext.moduleKey,
    license: appContext.license,
    installation: appContext.installation,
    permissions: new RuntimePermissions(permissions?.scopes || [], permissions?.external || {}),
  } as AppContext;
};

/** Ties `fn` to the invocation that this is called in, for callbacks that a library runs outside of it. */
export const bindInvocationContext = <Func extends (...args: never[]) => unknown>(fn: Func): Func =>
  AsyncLocalStorage.bind(fn);
