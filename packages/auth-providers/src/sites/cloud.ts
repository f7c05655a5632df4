import { ConfigError, isLoopback, normaliseBase, type Site } from '@tributary/pipeline';
import { isCloudId } from './cloud-id.js';
import { DEFAULT_GATEWAY } from './gateway.js';

/**
 * The key of the option that lets `cloud()` take any host. A symbol, so that neither a typo nor JSON
 * settings turn the check off: a site that a tenant types in would otherwise receive credentials.
 */
export const allowAnyHost: unique symbol = Symbol('allowAnyHost');

export interface CloudOptions {
  /** The site's id; asked of the site when it is first needed. */
  readonly cloudId?: string;
  /** The API gateway. Default `https://api.atlassian.com`. */
  readonly gateway?: string;
  /** Takes hosts other than Atlassian's: for proxies and test servers. Default false. */
  readonly [allowAnyHost]?: boolean;
}

const isAtlassianSite = (url: URL): boolean =>
  url.hostname.endsWith('.atlassian.net') && url.port === '';

const isAtlassianGateway = (url: URL): boolean => url.href === DEFAULT_GATEWAY;

const readHost = (
  value: string,
  field: string,
  isKnown: (url: URL) => boolean,
  isAnyAllowed: boolean,
  wanted: string,
): URL => {
  const url = new URL(normaliseBase(value, field));
  if (isAnyAllowed || isKnown(url) || isLoopback(url.hostname)) return url;
  throw new ConfigError(
    field,
    `must be ${wanted}; for a server of your own pass { [allowAnyHost]: true }, and use dataCenter() for Confluence Data Center`,
  );
};

const requireNoPath = (url: URL): void => {
  if (url.pathname === '/') return;
  const isWiki = /^\/wiki\/?$/.test(url.pathname);
  throw new ConfigError(
    'site',
    isWiki
      ? `leave out /wiki, which paths begin with: ${url.origin}`
      : `a Cloud site has no path, give ${url.origin}; for Confluence under a context path use dataCenter()`,
  );
};

/** @throws ConfigError naming `gateway`. */
export const readGateway = (value = DEFAULT_GATEWAY, isAnyAllowed = false): string =>
  readHost(value, 'gateway', isAtlassianGateway, isAnyAllowed, 'https://api.atlassian.com').href;

/**
 * A Confluence Cloud site: `cloud('https://example.atlassian.net')`. Loopback hosts may be http.
 * @throws ConfigError naming `site`, `gateway` or `cloudId`.
 */
export const cloud = (url: string, options: CloudOptions = {}): Site => {
  const isAnyAllowed = options[allowAnyHost] === true;
  const site = readHost(url, 'site', isAtlassianSite, isAnyAllowed, 'https://….atlassian.net');
  requireNoPath(site);
  const { cloudId, gateway } = options;
  if (cloudId !== undefined && !isCloudId(cloudId)) {
    throw new ConfigError(
      'cloudId',
      `must be a UUID; ${site.origin}/_edge/tenant_info shows the site's, and it may be left out`,
    );
  }
  return Object.freeze({
    deployment: 'cloud',
    url: site.href,
    gateway: readGateway(gateway, isAnyAllowed),
    ...(cloudId !== undefined && { cloudId }),
  });
};
