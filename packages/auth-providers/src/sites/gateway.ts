import type { Site } from '@tributary/pipeline';

/** Where OAuth tokens and scoped API tokens are honoured. */
export const DEFAULT_GATEWAY = 'https://api.atlassian.com/';

export const gatewayOf = (site: Site): string => site.gateway ?? DEFAULT_GATEWAY;
