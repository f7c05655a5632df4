import type { ForgeMeta } from '../platform/forge-fetch.js';
import type { InvokeEndpoint } from './fetch-types.js';
import { InvalidContainerServiceError, InvalidRemoteError } from './forge-errors.js';
import { askPlatform, proxyErrorOf, throwProxyError } from './request-product.js';

/** The platform's words for a key that it doesn't know, whichever of the two was called. */
const UNKNOWN_KEY: Readonly<Record<string, (key: string) => Error>> = {
  INVALID_REMOTE: (key) => new InvalidRemoteError(`Invalid remote key provided: "${key}"`, key),
  INVALID_SERVICE_KEY: (key) =>
    new InvalidContainerServiceError(`Invalid service key provided: "${key}"`, key),
};

const invoke =
  (method: string, what: string, meta: (key: string) => ForgeMeta): InvokeEndpoint =>
  async (key, options) => {
    const { path, ...init } = options;
    if (!key) throw new Error(`Missing ${what} key provided to ${method}`);
    if (!path) throw new Error(`Missing or empty path provided to ${method}`);
    const response = await askPlatform(meta(key), path, init);
    const unknownKey = UNKNOWN_KEY[proxyErrorOf(response) ?? ''];
    if (unknownKey !== undefined) throw unknownKey(key);
    throwProxyError(response);
    return response;
  };

/**
 * A backend of the app's own, by its key in the manifest's `remotes`, with an invocation token.
 * @throws InvalidRemoteError (rejection) where there is no such key
 */
export const invokeRemote = invoke('invokeRemote', 'remote', (remote) => ({ type: 'frc', remote }));

/**
 * A container service of the app's own, by its key in the manifest's `services`.
 * @throws InvalidContainerServiceError (rejection) where there is no such key
 */
export const invokeService = invoke('invokeService', 'service', (service) => ({
  type: 'fcc',
  service,
}));
