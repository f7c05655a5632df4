import type { ForgeMeta, ForgeRequestInit } from '../platform/forge-fetch.js';
import { currentPlatform } from './current-platform.js';
import type { APIResponse, FetchMethod, RequestInit, RequestProductMethod } from './fetch-types.js';
import { NeedsAuthenticationError, ProxyRequestError } from './forge-errors.js';
import { requireRoute } from './route-object.js';

/** The service that Forge's own consent is about. */
const ATLASSIAN_SERVICE_KEY = 'atlassian-token-service-key';

export type FetchArgs = {
  provider: 'app' | 'user' | 'none';
  remote?: 'jira' | 'confluence' | 'stargate' | 'bitbucket' | 'sql' | 'os' | 'feature-flags';
  type: 'fpp' | 'sql' | 'os' | 'feature-flags';
  contextAri?: string;
  accountId?: string;
};

/** The platform's word, where it answered instead of the product. */
export const proxyErrorOf = (response: APIResponse): string | null =>
  response.headers.get('forge-proxy-error');

/** @throws NeedsAuthenticationError, ProxyRequestError where the platform answered instead of the product */
export const throwProxyError = (response: APIResponse): void => {
  const reason = proxyErrorOf(response);
  if (!reason) return;
  if (reason === 'NEEDS_AUTHENTICATION_ERR') {
    throw new NeedsAuthenticationError('Authentication Required', ATLASSIAN_SERVICE_KEY);
  }
  throw new ProxyRequestError(response.status, reason);
};

/** One request of the platform's, its answer unchecked. Never throws at once. */
export const askPlatform = async (
  meta: ForgeMeta,
  path: string,
  init: RequestInit | undefined,
): Promise<APIResponse> => currentPlatform().fetch(meta, path, init as ForgeRequestInit);

/** What every product call ends in. Takes the path as text, for packages of Forge's own. */
export const fetchProduct =
  ({ type, provider, accountId, remote, contextAri }: FetchArgs): FetchMethod =>
  async (path, init) => {
    const meta = {
      type,
      provider,
      accountId,
      ...(remote && { remote }),
      ...(contextAri && { contextAri }),
    } as ForgeMeta;
    const response = await askPlatform(meta, path, init);
    throwProxyError(response);
    return response;
  };

/** Takes Routes only, and throws at once where it is given something else. */
export const byRoute =
  (fetch: FetchMethod): RequestProductMethod =>
  (path, init) =>
    fetch(requireRoute(path).value, init);
