import { readFileSync } from 'node:fs';

export interface Services {
  readonly redis: { readonly url: string };
  readonly postgres: { readonly url: string };
}

const file =
  process.env.TRIBUTARY_SERVICES ??
  new URL('../../../../node_modules/.cache/tributary/services.json', import.meta.url);

const read = (): Services | undefined => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Services;
  } catch {
    return undefined;
  }
};

/** The servers that `services up` started; without them in CI, tests that need them fail. */
export const runningServices: Services | undefined = read();
