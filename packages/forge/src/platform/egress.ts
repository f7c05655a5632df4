import { ExternalEndpointNotAllowedError } from '../drop-in/forge-errors.js';
import { addressMatcher } from '../drop-in/host-match.js';
import type { ForgeRequestInit, ForgeResponse } from './forge-fetch.js';
import type { ForgeHost } from './forge-runtime.js';
import type { ForgePlatformOptions } from './platform-options.js';

const patternOf = (host: ForgeHost): string => {
  if (typeof host === 'string') return host;
  return 'address' in host ? host.address : host.remote;
};

/** Whether an address may be called, by the option `egress` or else by the manifest's permissions. */
const egressFilter = ({
  egress,
  permissions,
}: ForgePlatformOptions): ((address: string) => boolean) => {
  const hosts = egress ?? permissions?.external?.fetch?.backend;
  return hosts === undefined ? () => true : addressMatcher(hosts.map(patternOf), false);
};

/** Queries carry keys, and messages end up in logs. */
const withoutQuery = (address: string): string => address.replace(/[?#].*/s, '');

/** A fetch without credentials that the list lets through. */
export const egressFetch = (
  options: ForgePlatformOptions,
  fetch: typeof globalThis.fetch,
): ((url: string | URL | Request, init?: ForgeRequestInit) => Promise<ForgeResponse>) => {
  const isAllowed = egressFilter(options);
  return async (url, init) => {
    const address = url instanceof Request ? url.url : String(url);
    // What the URL parser reads is what is called.
    if (!isAllowed(URL.parse(address)?.href ?? address)) {
      throw new ExternalEndpointNotAllowedError(withoutQuery(address));
    }
    return fetch(url, init as RequestInit);
  };
};
