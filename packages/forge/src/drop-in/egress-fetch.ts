import type { ForgeRequestInit } from '../platform/forge-fetch.js';
import { currentPlatform } from './current-platform.js';
import { REQUEST_EGRESS_ALLOWLIST_ERR } from './error-names.js';
import type { FetchMethodAllowingRoute } from './fetch-types.js';
import { ExternalEndpointNotAllowedError, NotAllowedError } from './forge-errors.js';
import { withoutQuery } from './host-match.js';
import { isRoute } from './route-object.js';

/**
 * `fetch` to the world outside, without any credential, to the hosts that the manifest's
 * `permissions.external.fetch.backend` names.
 * @throws ExternalEndpointNotAllowedError (rejection) for other hosts
 */
export const egressFetch: FetchMethodAllowingRoute = async (url, init) => {
  const address = isRoute(url) ? url.value : url;
  try {
    return await currentPlatform().egress(address, init as ForgeRequestInit);
  } catch (error) {
    throw refusal(error, address);
  }
};

/** The refusal of a platform that isn't ours as the class that apps can ask for by `instanceof`. */
const refusal = (error: unknown, address: string): unknown =>
  error instanceof Error &&
  error.name === REQUEST_EGRESS_ALLOWLIST_ERR &&
  !(error instanceof NotAllowedError)
    ? new ExternalEndpointNotAllowedError(withoutQuery(String(address)))
    : error;
