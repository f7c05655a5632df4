import { ConfigError, normaliseBase, type Site } from '@tributary/pipeline';

/**
 * A Confluence Data Center site, with its context path: `dataCenter('https://host/confluence')`.
 * @throws ConfigError naming `site`.
 */
export const dataCenter = (url: string): Site => {
  const base = normaliseBase(url, 'site');
  if (new URL(base).hostname.endsWith('.atlassian.net')) {
    throw new ConfigError('site', 'is a Cloud site; use cloud()');
  }
  return Object.freeze({ deployment: 'data-center', url: base });
};
