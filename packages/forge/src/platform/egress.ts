import { ExternalEndpointNotAllowedError } from '../drop-in/forge-errors.js';
import { addressMatcher, withoutQuery } from '../drop-in/host-match.js';
import { hostText } from '../drop-in/permission-set.js';
import type { ForgeRequestInit, ForgeResponse } from './forge-fetch.js';
import type { ForgeHost } from './forge-runtime.js';
import type { ForgePlatformOptions } from './platform-options.js';

/** The list of hosts: the option `egress`, or else the manifest's permissions; undefined for no list at all. */
export const egressHosts = ({
  egress,
  permissions,
}: ForgePlatformOptions): readonly ForgeHost[] | undefined =>
  egress ?? permissions?.external?.fetch?.backend;

/** A fetch without credentials that the list lets through. */
export const egressFetch = (
  options: ForgePlatformOptions,
  fetch: typeof globalThis.fetch,
): ((url: string | URL | Request, init?: ForgeRequestInit) => Promise<ForgeResponse>) => {
  const hosts = egressHosts(options);
  const isAllowed = hosts === undefined ? () => true : addressMatcher(hosts.map(hostText), false);
  return async (url, init) => {
    const address = url instanceof Request ? url.url : String(url);
    // What the URL parser reads is what is called.
    if (!isAllowed(URL.parse(address)?.href ?? address)) {
      throw new ExternalEndpointNotAllowedError(withoutQuery(address));
    }
    return fetch(url, init as RequestInit);
  };
};
