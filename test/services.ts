import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Where `services up` says where its servers are. */
export const servicesFile =
  process.env.TRIBUTARY_SERVICES ??
  fileURLToPath(new URL('../node_modules/.cache/tributary/services.json', import.meta.url));

/** Whether `services up` has started a Redis and a PostgreSQL; where not, scripts/test.mjs has said so. */
export const isServicesUp = existsSync(servicesFile);
