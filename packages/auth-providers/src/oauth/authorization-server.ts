import { normaliseBase } from '@tributary/pipeline';

const DEFAULT_AUTHORIZATION_SERVER = 'https://auth.atlassian.com';

/** As it stands in keys of grants: without a slash at its end. */
export const withoutSlash = (url: string): string => url.replace(/\/$/, '');

/** Cloud's authorization server. @throws ConfigError naming `authorizationServer`. */
export const readAuthorizationServer = (value = DEFAULT_AUTHORIZATION_SERVER): string =>
  withoutSlash(normaliseBase(value, 'authorizationServer'));
