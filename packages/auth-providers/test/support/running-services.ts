import { readFileSync } from 'node:fs';

export interface Services {
  readonly redis: { readonly url: string; readonly redisServer: string };
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

/** The servers that `services up` started; where there are none, scripts/test.mjs has said so. */
export const runningServices: Services | undefined = read();
