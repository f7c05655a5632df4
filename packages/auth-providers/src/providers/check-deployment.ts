import { ConfigError, type Site } from '@tributary/pipeline';

/** A credential's check of the deployment it is made for; the fix says what to use instead. */
export const requireCloud = (site: Site, kind: string, fix: string): void => {
  if (site.deployment !== 'cloud') {
    throw new ConfigError('site', `${kind} works on Confluence Cloud only; ${fix}`);
  }
};

export const requireDataCenter = (site: Site, kind: string, fix: string): void => {
  if (site.deployment !== 'data-center') {
    throw new ConfigError('site', `${kind} works on Confluence Data Center only; ${fix}`);
  }
};
