/** A text of the app in one language. */
export type TranslationFunction = (i18nKey: string, defaultValue?: string) => string;

interface TranslationResource {
  [key: string]: string | TranslationResource;
}

export interface I18n {
  createTranslationFunction: (rawLocale: string) => Promise<TranslationFunction>;
  getTranslations: (
    rawLocale: string,
    options?: { fallback: boolean },
  ) => Promise<{ locale: string; translations: TranslationResource | null }>;
}
