import {
  ConsentError,
  type PendingAuthorization,
  Secret,
  TributaryError,
} from '@tributary/pipeline';
import { pageOf } from './ask.js';
import { badCallbackPage, grantedPage } from './html/outcome-pages.js';
import { seeOther } from './html/page.js';
import { deny, fail, goOn, noteGrant } from './outcome.js';
import type { Parts } from './parts.js';
import type { ExpectedAnswer, KeptAuthorization } from './pending-consent.js';
import { cookieOf, homeOf, refuseOther, show, type Visitor } from './visitor.js';

/** The authorization server's answer, at the redirect URI. */
export const receiveCallback = async (parts: Parts, visitor: Visitor): Promise<Response> => {
  const { records, settings } = parts;
  const [state, ...more] = visitor.url.searchParams.getAll('state');
  const expected =
    state === undefined || more.length > 0 ? undefined : await records.expected(state);
  if (state === undefined || expected === undefined) return unexpected(parts, visitor);
  // Before the state is spent: nobody else may spend it.
  const other = refuseOther(parts, visitor, expected.consentId, expected);
  if (other !== undefined) return other;
  const spent = await records.spend(state);
  if (spent?.authorization === undefined) return repeated(parts, visitor, expected);

  const { consentId, authorization } = spent;
  const since = settings.clock.now();
  await records.setPhase(consentId, { name: 'answering', since }, spent.expiresAt);
  return exchange(parts, visitor, spent, authorization);
};

const exchange = async (
  parts: Parts,
  visitor: Visitor,
  { consentId, browser, back }: ExpectedAnswer,
  authorization: KeptAuthorization,
): Promise<Response> => {
  const { records, settings } = parts;
  const { user } = visitor;
  const consent = await records.find(consentId);
  const cookie = cookieOf(parts, visitor, consentId, browser);
  if (user === undefined || cookie === undefined || consent === undefined) {
    return unexpected(parts, visitor);
  }
  try {
    const { site, scopes } = consent;
    const flow = settings.consent.flow({ user: consent.user, site, scopes });
    // Not ended by a reader who clicks twice: the code is spent by then.
    await flow.complete(reopened(authorization), visitor.url.searchParams);
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    if (error.code === 'CONSENT_DENIED') return deny(parts, visitor, consent, cookie, error);
    return fail(parts, visitor, consent, error);
  }
  await noteGrant(parts, consent);
  return goOn(parts, visitor, consent, cookie, back);
};

const reopened = ({ codeVerifier, ...rest }: KeptAuthorization): PendingAuthorization => ({
  ...rest,
  codeVerifier: new Secret(codeVerifier),
});

/** A second click, a reload, the back button: what the first one came to holds. */
const repeated = async (
  parts: Parts,
  visitor: Visitor,
  { consentId, browser, back }: ExpectedAnswer,
): Promise<Response> => {
  const { records, settings } = parts;
  const phase = await records.phase(consentId);
  if (phase?.name !== 'granted') return seeOther(pageOf(settings, consentId));
  const consent = await records.find(consentId);
  const cookie = cookieOf(parts, visitor, consentId, browser);
  if (consent !== undefined && cookie !== undefined) {
    return goOn(parts, visitor, consent, cookie, back);
  }
  return show(parts, grantedPage(settings.appName, 'This answer was used already.', homeOf(parts)));
};

const unexpected = (parts: Parts, visitor: Visitor): Response => {
  const reason =
    'This answer belongs to nothing that is waiting for one: it came too late, or it was never asked for. Start again in the app.';
  parts.settings.onError(new ConsentError('CONSENT_CALLBACK', reason), visitor.request);
  return show(parts, badCallbackPage(reason, homeOf(parts)));
};
