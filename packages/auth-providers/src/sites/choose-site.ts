import { ConfigError, escapeControl, type GrantedSite } from '@tributary/pipeline';

/** Sites in words, for messages. Their URLs and names are a server's, and names a person's, text. */
export const listSites = (sites: readonly GrantedSite[]): string =>
  sites.map(({ url, name }) => escapeControl(name ? `${url} (${name})` : url)).join(', ') ||
  'no site';

/**
 * The site to work with among those that a person let the app into (`grant.sites`). `wanted` is a site's
 * URL, cloudId or name; without it there has to be only one.
 * @throws ConfigError naming `site` and listing the sites, when none or several fit.
 */
export const chooseSite = (sites: readonly GrantedSite[], wanted?: string): GrantedSite => {
  const fitting = wanted === undefined ? sites : sites.filter((site) => isCalled(site, wanted));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) return only;
  if (sites.length === 0) {
    throw new ConfigError('site', 'is none in the grant; have the user grant again and choose one');
  }
  throw new ConfigError(
    'site',
    wanted === undefined
      ? `must be chosen: the grant covers ${listSites(sites)}`
      : `${escapeControl(wanted)} is ${fitting.length === 0 ? 'not' : 'more than once'} in the grant, which covers ${listSites(sites)}`,
  );
};

const isCalled = ({ cloudId, url, name }: GrantedSite, wanted: string): boolean =>
  cloudId.toLowerCase() === wanted.toLowerCase() || isSameUrl(url, wanted) || name === wanted;

const isSameUrl = (one: string, other: string): boolean => {
  const first = URL.parse(one);
  return first !== null && first.href === URL.parse(other)?.href;
};
