import { fetchApi, requestAtlassianAsApp, requestAtlassianAsUser } from './fetch-api.js';
import type { FetchMethod, ForgeAPI } from './fetch-types.js';
import { invokeRemote, invokeService } from './invoke-endpoint.js';
import { reportPersonalData } from './privacy.js';

export const { asApp, asUser, fetch, requestBitbucket, requestConfluence, requestJira } = fetchApi;

const api: ForgeAPI = { ...fetchApi, invokeRemote, invokeService };
export default api;

/** Tells Atlassian of whom the app stores personal data. */
export const privacy = { reportPersonalData: reportPersonalData(requestAtlassianAsApp) };

/** @deprecated as in Forge: use `__requestAtlassianAsApp` */
export const createRequestStargateAsApp = (): FetchMethod => requestAtlassianAsApp;

export { bindInvocationContext, getAppContext, getRuntime as __getRuntime } from './app-context.js';
export type { AppContext, ForgeRuntime } from './app-context-types.js';
export { authorize } from './authorize.js';
export {
  FUNCTION_ERR,
  isExpectedError,
  isForgePlatformError,
  isHostedCodeError,
} from './error-names.js';
export type * from './fetch-types.js';
export {
  ExternalEndpointNotAllowedError,
  FetchError,
  HttpError,
  InvalidWorkspaceRequestedError,
  NeedsAuthenticationError,
  type NeedsAuthenticationErrorOptions,
  NotAllowedError,
  ProductEndpointNotAllowedError,
  ProxyRequestError,
  RequestProductNotAllowedError,
} from './forge-errors.js';
export type { TranslationFunction } from './i18n-types.js';
export { permissions } from './permissions.js';
export { fetchProduct as __fetchProduct } from './request-product.js';
export { assumeTrustedRoute, route, routeFromAbsolute } from './route.js';
export { i18n, storage } from './unavailable.js';
export { webTrigger } from './web-trigger.js';
export type {
  WebTriggerContext,
  WebTriggerMethod,
  WebTriggerRequest,
  WebTriggerResponse,
} from './web-trigger-types.js';
export {
  invokeRemote,
  invokeService,
  requestAtlassianAsApp as __requestAtlassianAsApp,
  requestAtlassianAsUser as __requestAtlassianAsUser,
};
