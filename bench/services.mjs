import { readFileSync } from 'node:fs';

const file =
  process.env.TRIBUTARY_SERVICES ??
  new URL('../node_modules/.cache/tributary/services.json', import.meta.url);

/**
 * Where this checkout's Redis and PostgreSQL are: `{ redis: { url }, postgres: { url } }`.
 * @throws Error where they are down
 */
export const services = () => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new Error('Redis and PostgreSQL are down; start them: npx -y pnpm@12 services up');
  }
};
