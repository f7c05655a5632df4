import { ConsentError, Secret, TributaryError } from '@tributary/pipeline';
import type { BrowserCookie } from './browser-cookie.js';
import { badCallbackPage, expiredPage } from './html/outcome-pages.js';
import { seeOther } from './html/page.js';
import { deny, fail, goOn, noteGrant } from './outcome.js';
import { askUrl } from './page-urls.js';
import type { Parts } from './parts.js';
import type { ExpectedAnswer, KeptAuthorization, PendingConsent } from './pending-consent.js';
import {
  ANOTHER_BROWSER,
  cookieOf,
  homeOf,
  refuse,
  refuseStranger,
  show,
  type Visitor,
} from './visitor.js';

/** The authorization server's answer, at the redirect URI. */
export const receiveCallback = async (parts: Parts, visitor: Visitor): Promise<Response> => {
  const { records, settings } = parts;
  const [state, ...more] = visitor.url.searchParams.getAll('state');
  const expected =
    state === undefined || more.length > 0 ? undefined : await records.expected(state);
  if (state === undefined || expected === undefined) return unexpected(parts, visitor);
  const stranger = refuseStranger(parts, visitor, expected.userId);
  if (stranger !== undefined) return stranger;
  const { consentId, browser, expiresAt } = expected;
  const consent = await records.find(consentId);
  // Answered in another tab, or too late; where it was asked is said which.
  if (consent === undefined) return seeOther(askUrl(settings, consentId));
  const cookie = cookieOf(parts, visitor, consentId, browser);
  if (cookie === undefined) {
    // Before the state is spent: nobody else may spend it.
    return (await records.isSpent(state))
      ? show(parts, expiredPage(homeOf(parts)))
      : refuse(parts, visitor, ANOTHER_BROWSER);
  }
  const authorization = await records.spend(state);
  if (authorization === undefined) return repeated(parts, visitor, expected, consent, cookie);
  const since = settings.clock.now();
  await records.setPhase(consentId, { name: 'answering', since }, expiresAt);
  const error = await exchange(parts, visitor, consent, authorization);
  if (error?.code === 'CONSENT_DENIED') return deny(parts, visitor, consent, cookie, error);
  if (error !== undefined) return fail(parts, visitor, consent, error);
  await noteGrant(parts, consent);
  return goOn(parts, visitor, consent, cookie, expected.back);
};

/** Why it came to nothing, if it did. */
const exchange = async (
  { settings }: Parts,
  { url }: Visitor,
  { user, site, scopes }: PendingConsent,
  authorization: KeptAuthorization,
): Promise<TributaryError | undefined> => {
  const { codeVerifier, ...rest } = authorization;
  const pending = { ...rest, codeVerifier: new Secret(codeVerifier) };
  try {
    // Not ended by a reader who clicks twice: the code is spent by then.
    await settings.consent.flow({ user, site, scopes }).complete(pending, url.searchParams);
    return undefined;
  } catch (error) {
    return error instanceof TributaryError ? error : unexplained(error);
  }
};

const unexplained = (cause: unknown): ConsentError => {
  const message = 'The answer could not be checked. Try again in a while.';
  return new ConsentError('CONSENT_UNAVAILABLE', message, { retryable: true, cause });
};

/** A second click, a reload, the back button: what the first one came to holds. */
const repeated = async (
  parts: Parts,
  visitor: Visitor,
  { consentId, back }: ExpectedAnswer,
  consent: PendingConsent,
  cookie: BrowserCookie,
): Promise<Response> => {
  const phase = await parts.records.phase(consentId);
  return phase?.name === 'granted'
    ? goOn(parts, visitor, consent, cookie, back)
    : seeOther(askUrl(parts.settings, consentId));
};

const unexpected = (parts: Parts, visitor: Visitor): Response => {
  const reason =
    'This answer belongs to nothing that is waiting for one: it came too late, or it was never asked for. Start again in the app.';
  parts.settings.onError(new ConsentError('CONSENT_CALLBACK', reason), visitor.request);
  return show(parts, badCallbackPage(reason, homeOf(parts)));
};
