import { ConsentError, revealSecret } from '@tributary/pipeline';
import { newCookie } from './browser-cookie.js';
import { askPage } from './html/ask-page.js';
import { deniedPage, expiredPage, waitPage } from './html/outcome-pages.js';
import { seeOther } from './html/page.js';
import { localUrl } from './local-url.js';
import { deny, goOn } from './outcome.js';
import type { Parts } from './parts.js';
import type { PendingConsent, Phase } from './pending-consent.js';
import { readBoundedForm } from './posted-form.js';
import { digest, formToken, isSame } from './tokens.js';
import {
  ANOTHER_BROWSER,
  cookieOf,
  homeOf,
  refuse,
  refuseStranger,
  show,
  type Visitor,
} from './visitor.js';

/** An answer takes no longer to be checked; one that does is taken for lost. */
const CHECKING_MS = 30_000;

/** GET: the page that asks, or what became of it. */
export const showAsked = async (parts: Parts, visitor: Visitor, id: string): Promise<Response> => {
  const consent = await parts.records.find(id);
  const phase = await parts.records.phase(id);
  if (consent === undefined) return over(parts, visitor, phase);
  const stranger = refuseStranger(parts, visitor, consent.user.id);
  if (stranger !== undefined) return stranger;
  const cookie = cookieOf(parts, visitor, id, consent.browser);
  if (consent.browser !== undefined && cookie === undefined) {
    return refuse(parts, visitor, ANOTHER_BROWSER);
  }
  const back = backOf(parts, visitor.url.searchParams.get('return'), consent);
  const own = cookie ?? newCookie(id, parts.settings.clock.now());
  if (phase?.name === 'granted' || (await wasGrantedMeanwhile(parts, consent))) {
    return goOn(parts, visitor, consent, own, back);
  }
  if (phase?.name === 'answering' && phase.since > parts.settings.clock.now() - CHECKING_MS) {
    return show(parts, waitPage({ href: visitor.url.pathname, words: 'Continue' }));
  }
  const { settings } = parts;
  const page = askPage({
    appName: settings.appName,
    consent,
    action: visitor.url.pathname,
    token: formToken(own.secret, id),
    back,
    failure: phase?.name === 'failed' ? phase : undefined,
    formAction: formAction(parts),
  });
  const response = show(parts, page);
  parts.cookies.set(response.headers, visitor.request, own);
  return response;
};

/** POST: Allow access, or Not now. */
export const answerAsked = async (
  parts: Parts,
  visitor: Visitor,
  id: string,
): Promise<Response> => {
  const { settings, records } = parts;
  const consent = await records.find(id);
  if (consent === undefined) return over(parts, visitor, await records.phase(id));
  const stranger = refuseStranger(parts, visitor, consent.user.id);
  if (stranger !== undefined) return stranger;
  const cookie = cookieOf(parts, visitor, id, consent.browser);
  if (cookie === undefined) return refuse(parts, visitor, ANOTHER_BROWSER);
  const form = await readBoundedForm(visitor.request, settings.origin);
  if (form === undefined || !isSame(form.get('token') ?? '', formToken(cookie.secret, id))) {
    return refuse(parts, visitor, 'This did not come from the page that asks. Open it again.');
  }
  const back = backOf(parts, form.get('return'), consent);
  if (form.get('answer') !== 'allow') {
    return deny(parts, visitor, consent, cookie);
  }
  if (
    (await records.phase(id))?.name === 'granted' ||
    (await wasGrantedMeanwhile(parts, consent))
  ) {
    return goOn(parts, visitor, consent, cookie, back);
  }
  return startFlow(parts, consent, digest(cookie.secret), back);
};

const startFlow = async (
  { settings, records }: Parts,
  consent: PendingConsent,
  browser: string,
  back: string | undefined,
): Promise<Response> => {
  const { id, user, site, scopes } = consent;
  const pending = await settings.consent.flow({ user, site, scopes }).start();
  await records.expect(pending.state, {
    consentId: id,
    userId: user.id,
    browser,
    expiresAt: records.expiry(),
    authorization: { ...pending, codeVerifier: revealSecret(pending.codeVerifier) },
    ...(back !== undefined && { back }),
  });
  return seeOther(pending.url);
};

/** Another tab or request of this person may have asked at the same time; one answer is enough. */
const wasGrantedMeanwhile = async (
  { records }: Parts,
  { user, site, scopes, seenGrant }: PendingConsent,
): Promise<boolean> => {
  const last = await records.lastGrant(user.id);
  if (last === undefined || last.nonce === seenGrant || last.site !== site.url) return false;
  return scopes.every((scope) => last.scopes.includes(scope));
};

const over = (parts: Parts, visitor: Visitor, phase: Phase | undefined): Response => {
  const home = homeOf(parts);
  if (phase?.name === 'denied') {
    const { target } = phase;
    const way = target === undefined ? home : { href: target, words: 'Try again' };
    return show(parts, deniedPage(parts.settings.appName, way, target === undefined));
  }
  const error = new ConsentError(
    'CONSENT_TIMEOUT',
    'A consent was answered that has ended: it waited too long, or was used before.',
    { retryable: true },
  );
  parts.settings.onError(error, visitor.request);
  return show(parts, expiredPage(home));
};

/** Where an API's person goes afterwards; whoever opens the page may say, within the app. */
const backOf = (
  { settings }: Parts,
  wanted: unknown,
  { trigger }: PendingConsent,
): string | undefined => {
  if (trigger.kind !== 'api') return undefined;
  const url = localUrl(settings.origin, wanted);
  return url === undefined ? trigger.back : url.pathname + url.search;
};

/**
 * Chromium holds the redirects that follow a form to this as well, and those lead through the log-in
 * of whatever company the person belongs to: https, and for tests and development loopback.
 */
const formAction = ({ settings: { plainPort } }: Parts): string =>
  plainPort === undefined ? "'self' https:" : "'self' https: http://localhost:* http://127.0.0.1:*";
