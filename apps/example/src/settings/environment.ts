import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The repository's root, where `.env` and `.env.example` lie. */
const ENV_FILE = join(import.meta.dirname, '..', '..', '..', '..', '.env');

/** The environment, and below it the `.env` file. */
export const readEnvironment = (
  env: Environment = process.env,
  file = ENV_FILE,
): { readonly values: Environment; readonly hasSettings: boolean } => {
  const fromFile = existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {};
  const values = { ...fromFile, ...env };
  const hasSettings = Object.entries(values).some(
    ([name, value]) => name.startsWith('TRIBUTARY_') && value !== undefined && value !== '',
  );
  return { values, hasSettings };
};
