import { boundary, type ConsentHandler } from './boundary.js';
import { BrowserCookies } from './browser-cookie.js';
import { answerPage, isPage } from './consent-pages.js';
import { ConsentRecords } from './consent-records.js';
import type { Parts } from './parts.js';
import { Reruns } from './reruns.js';
import type { RunAgain } from './resume.js';
import { readSettings, type WebConsentOptions } from './settings.js';

/** Serves one request, as every fetch-standard framework and runtime does. */
export type FetchHandler = (request: Request) => Response | Promise<Response>;

export interface ConsentPages {
  /** The checked `publicUrl`, without a slash at its end. */
  readonly origin: string;
  /** What the pages are under. */
  readonly path: string;
  /** Whether a request is for one of the pages. */
  owns(request: Pick<Request, 'url'>): boolean;
  /**
   * Runs `handler` in a fresh invocation of the app's signed-in user. When a NeedsAuthenticationError of
   * that invocation escapes from it, the person is asked, and the handler runs again after the grant.
   * @throws ConsentError CONSENT_ROUNDS; ConfigError when the redirect URI isn't that of the pages;
   *   every other error of the handler untouched
   */
  boundary(handler: ConsentHandler): (request: Request) => Promise<Response>;
  /**
   * Answers what is under the path. What a person sent is run again through `app`: the whole app, as it
   * is served, so that its own checks are made again.
   */
  handle(request: Request, app: FetchHandler): Promise<Response>;
  /** For adapters: the answer, or the request to run through the app, whose answer it is then. */
  answer(request: Request): Promise<Response | RunAgain>;
}

/**
 * Asks people for consent on pages of the app's own, and runs again what needed it.
 * @throws ConfigError naming the option.
 */
export const webConsent = (options: WebConsentOptions): ConsentPages => {
  const settings = readSettings(options);
  const parts: Parts = {
    settings,
    records: new ConsentRecords(settings.consent.pending, settings.clock, settings.timeout),
    cookies: new BrowserCookies(settings),
    reruns: new Reruns(),
    asked: new Map(),
  };
  const answer = (request: Request) => answerPage(parts, request);
  return {
    origin: settings.origin,
    path: settings.path,
    owns: ({ url }) => isPage(settings, url),
    boundary: (handler) => boundary(parts, handler),
    answer,
    async handle(request, app) {
      const answered = await answer(request);
      if (!('end' in answered)) return answered;
      try {
        return await app(answered.request);
      } finally {
        answered.end();
      }
    },
  };
};
