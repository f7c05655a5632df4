// Its own file, so that the types of this entry are free of the errors' base class and all that it brings.
import type { I18n } from './i18n-types.js';
import { ForgeUnsupportedError } from './unsupported.js';

/** A method that Forge's is asynchronous: so is the refusal. */
const refusing = (feature: string, advice: string) => async (): Promise<never> => {
  throw new ForgeUnsupportedError(feature, advice);
};

const OWN_TRANSLATIONS =
  "Forge's CLI bundles translations for it: read the files of your locales with a library for them, or install @forge/api and use install().";

export const i18n: I18n = {
  createTranslationFunction: refusing('i18n.createTranslationFunction', OWN_TRANSLATIONS),
  getTranslations: refusing('i18n.getTranslations', OWN_TRANSLATIONS),
};

/**
 * Forge moved it out of `@forge/api` with version 8, to `@forge/kvs`. Kept so that older code is told so
 * where it uses it, and doesn't fail to load.
 */
export const storage: Record<string, unknown> = new Proxy(Object.freeze({}), {
  get(_, name) {
    // What a runtime asks of any object: is it a promise, how is it shown.
    if (typeof name === 'symbol' || name === 'then' || name === 'toJSON') return undefined;
    throw new ForgeUnsupportedError(
      `storage.${name}`,
      'Forge moved it to @forge/kvs with @forge/api 8; outside Forge keep data in a database of your own.',
    );
  },
});
