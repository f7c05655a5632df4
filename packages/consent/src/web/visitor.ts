import { ConsentError, type InvokingUser } from '@tributary/pipeline';
import { isSame } from '../is-same.js';
import type { BrowserCookie } from './browser-cookie.js';
import { refusedPage, signInPage, type Way } from './html/outcome-pages.js';
import { type Page, pageResponse } from './html/page.js';
import type { Parts } from './parts.js';
import { digest } from './tokens.js';

/** Whoever opens one of the pages. */
export interface Visitor {
  readonly request: Request;
  readonly url: URL;
  readonly user: InvokingUser | undefined;
}

/** What a page needs of the browser it is shown in. */
interface Bound {
  readonly userId: string;
  /** Digest of the cookie's secret. */
  readonly browser: string;
}

/** The way out of every page that is an end. */
export const homeOf = ({ settings }: Parts): Way => ({
  href: `${settings.origin}/`,
  words: `Go to ${settings.appName}`,
});

export const show = ({ settings }: Parts, page: Page): Response =>
  pageResponse(settings.appName, page);

/** Says why not, to the person and to the app. */
export const refuse = (
  parts: Parts,
  { request }: Visitor,
  reason: string,
  page = refusedPage(reason, homeOf(parts)),
): Response => {
  parts.settings.onError(new ConsentError('CONSENT_REFUSED', reason), request);
  return show(parts, page);
};

/** The answer to anybody but the user who was asked; `undefined` for them. */
export const refuseStranger = (
  parts: Parts,
  visitor: Visitor,
  userId: string,
): Response | undefined => {
  if (visitor.user === undefined) {
    const reason = 'Nobody is signed in; the person who was asked has to be.';
    const here = { href: visitor.url.pathname + visitor.url.search, words: 'Try again' };
    return refuse(parts, visitor, reason, signInPage(parts.settings.appName, here));
  }
  if (visitor.user.id === userId) return undefined;
  return refuse(
    parts,
    visitor,
    'Somebody else was asked than who is signed in now. Sign in as the person who was asked.',
  );
};

/** The cookie of the very browser that it began in; `undefined` for any other. */
export const cookieOf = (
  { cookies }: Parts,
  { request }: Visitor,
  consentId: string,
  browser: string | undefined,
): BrowserCookie | undefined => {
  const cookie = cookies.find(request, consentId);
  if (cookie === undefined || browser === undefined) return cookie;
  return isSame(digest(cookie.secret), browser) ? cookie : undefined;
};

/** Both, for a page that goes on with what one person began in one browser. */
export const refuseOther = (
  parts: Parts,
  visitor: Visitor,
  consentId: string,
  { userId, browser }: Bound,
): Response | undefined =>
  refuseStranger(parts, visitor, userId) ??
  (cookieOf(parts, visitor, consentId, browser) === undefined
    ? refuse(parts, visitor, ANOTHER_BROWSER)
    : undefined);

export const ANOTHER_BROWSER =
  'This was begun in another browser, or this browser keeps no cookies. Go on where it was begun, or start again here.';
