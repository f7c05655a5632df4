import { CONTEXT_USES } from './app-context.js';
import { AUTHORIZE_USES } from './authorize.js';
import { ENDPOINT_USES } from './endpoints.js';
import { EXTERNAL_AUTH_USES } from './external-auth.js';
import { PRODUCT_USES } from './products.js';
import type { Use } from './use.js';
import { WEB_TRIGGER_USES } from './web-triggers.js';

/** Each use of the API that an app can make, by name. */
export const USES: readonly (readonly [string, Use])[] = Object.entries({
  ...PRODUCT_USES,
  ...ENDPOINT_USES,
  ...CONTEXT_USES,
  ...AUTHORIZE_USES,
  ...WEB_TRIGGER_USES,
  ...EXTERNAL_AUTH_USES,
});
