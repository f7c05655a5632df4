import { ConsentError, revealSecret } from '@tributary/pipeline';
import { isSame } from '../is-same.js';
import { type BrowserCookie, newCookie } from './browser-cookie.js';
import { askPage } from './html/ask-page.js';
import { checkingPage, deniedPage, expiredPage } from './html/outcome-pages.js';
import { seeOther } from './html/page.js';
import { localUrl } from './local-url.js';
import { deny, goOn, isGranted } from './outcome.js';
import type { Parts } from './parts.js';
import type { PendingConsent, Phase } from './pending-consent.js';
import { readBoundedForm } from './posted-form.js';
import { digest, formToken } from './tokens.js';
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
  const { settings, records, cookies } = parts;
  const consent = await records.find(id);
  // After the consent: a denial is noted before the consent goes.
  const phase = await records.phase(id);
  if (consent === undefined || phase?.name === 'denied') return over(parts, visitor, phase);
  const stranger = refuseStranger(parts, visitor, consent.user.id);
  if (stranger !== undefined) return stranger;
  const known = cookieOf(parts, visitor, id, consent.browser);
  if (known === undefined && consent.browser !== undefined) {
    return refuse(parts, visitor, ANOTHER_BROWSER);
  }
  // An API's consent is bound to the browser that opens its page.
  const cookie = known ?? newCookie(id, settings.clock.now());
  const back = backOf(parts, visitor.url.searchParams.get('return'), consent);
  const failure = phase?.name === 'failed' ? phase : undefined;
  // Whoever granted with the wrong account learns of it, also where another tab has the right grant.
  if (failure === undefined && (await isGranted(parts, consent, phase))) {
    return goOn(parts, visitor, consent, cookie, back);
  }
  if (!isOpen(parts, consent)) return over(parts, visitor, phase);
  if (phase?.name === 'answering' && phase.since > settings.clock.now() - CHECKING_MS) {
    return show(parts, checkingPage({ href: visitor.url.pathname, words: 'Continue' }));
  }
  const page = askPage({
    appName: settings.appName,
    consent,
    action: visitor.url.pathname,
    token: formToken(cookie.secret, id),
    back,
    failure,
    formAction: formAction(parts),
  });
  const response = show(parts, page);
  cookies.set(response.headers, visitor.request, cookie);
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
  const phase = await records.phase(id);
  if (phase?.name === 'denied') return over(parts, visitor, phase);
  // First: a no keeps what was sent from being run, also where another tab has granted.
  if (form.get('answer') !== 'allow') return deny(parts, visitor, consent, cookie);
  if (await isGranted(parts, consent, phase)) return goOn(parts, visitor, consent, cookie, back);
  return isOpen(parts, consent)
    ? startFlow(parts, visitor, consent, cookie, back)
    : over(parts, visitor, phase);
};

/** It is kept for longer than it may be answered: whoever answers last has to get through a log-in. */
const isOpen = ({ settings }: Parts, { askedUntil }: PendingConsent): boolean =>
  askedUntil > settings.clock.now();

const startFlow = async (
  { settings, records, cookies }: Parts,
  { request }: Visitor,
  consent: PendingConsent,
  cookie: BrowserCookie,
  back: string | undefined,
): Promise<Response> => {
  const { id, user, site, scopes } = consent;
  const pending = await settings.consent.flow({ user, site, scopes }).start();
  const answer = {
    consentId: id,
    userId: user.id,
    browser: digest(cookie.secret),
    expiresAt: records.expiry(),
    ...(back !== undefined && { back }),
  };
  const codeVerifier = revealSecret(pending.codeVerifier);
  await records.expect(pending.state, answer, { ...pending, codeVerifier });
  const response = seeOther(pending.url);
  // Anew, so that the browser keeps it as long as the state is waited for.
  cookies.set(response.headers, request, cookie);
  return response;
};

const over = (parts: Parts, visitor: Visitor, phase: Phase | undefined): Response => {
  const home = homeOf(parts);
  if (phase?.name === 'denied') {
    const { kind, back, userId } = phase;
    const stranger = refuseStranger(parts, visitor, userId);
    if (stranger !== undefined) return stranger;
    const words = kind === 'page' ? 'Try again' : 'Go back';
    const way = back === undefined ? home : { href: parts.settings.origin + back, words };
    return show(parts, deniedPage(parts.settings.appName, kind, way));
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
