import { randomBytes } from 'node:crypto';
import { ConfigError } from '@tributary/pipeline';
import type { WebTriggerUrls } from '../platform/platform-options.js';

/** Where the web triggers of an app are, as in Forge: `/x1/{id}`. */
export interface WebTriggerTable extends WebTriggerUrls {
  /** What a request is for; undefined for no web trigger. */
  find(path: string): { readonly key: string; readonly userPath: string } | undefined;
  readonly urls: readonly { readonly triggerKey: string; readonly url: string }[];
}

const PATH = /^\/x1\/([\w-]+)(\/.*)?$/;

const randomId = (): string => randomBytes(18).toString('base64url');

/** @throws ConfigError for an id that is none */
export const webTriggerTable = (
  keys: readonly string[],
  origin: string,
  idOf: (moduleKey: string) => string = randomId,
): WebTriggerTable => {
  const ids = new Map<string, string>();
  const urlOf = (key: string): string => `${origin}/x1/${ids.get(key)}`;
  for (const key of keys) {
    const id = idOf(key);
    if (!/^[\w-]{1,200}$/.test(id) || [...ids.values()].includes(id)) {
      throw new ConfigError(
        'webTriggerId',
        'must give each key an id of its own: letters, digits, "-", "_"',
      );
    }
    ids.set(key, id);
  }
  return {
    find(path) {
      const [, id, userPath = ''] = PATH.exec(path) ?? [];
      const key = [...ids].find(([, one]) => one === id)?.[0];
      return key === undefined ? undefined : { key, userPath };
    },
    get urls() {
      return [...ids.keys()].map((triggerKey) => ({ triggerKey, url: urlOf(triggerKey) }));
    },
    getUrl(moduleKey) {
      if (!keys.includes(moduleKey)) {
        throw new ConfigError('webtrigger', `${moduleKey} is none of the manifest's`);
      }
      if (!ids.has(moduleKey)) ids.set(moduleKey, randomId());
      return urlOf(moduleKey);
    },
    deleteUrl(id) {
      for (const [key, one] of ids) if (one === id) ids.delete(key);
    },
    queryUrls() {
      return this.urls;
    },
  };
};
