import { existsSync } from 'node:fs';

/** Whether `services up` has started a Redis and a PostgreSQL; where not, scripts/test.mjs has said so. */
export const isServicesUp = existsSync(
  process.env.TRIBUTARY_SERVICES ??
    new URL('../node_modules/.cache/tributary/services.json', import.meta.url),
);
