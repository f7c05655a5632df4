import { AuthorizationServerError, ConsentError, type TributaryError } from '@tributary/pipeline';
import type { BrowserCookie } from './browser-cookie.js';
import { seeOther } from './html/page.js';
import { localUrl } from './local-url.js';
import { askUrl, resumeUrl } from './page-urls.js';
import type { Parts } from './parts.js';
import type { PendingConsent, Phase } from './pending-consent.js';
import { newId } from './tokens.js';
import type { Visitor } from './visitor.js';

/** Notes the grant, for this consent and for what else this person was asked meanwhile. */
export const noteGrant = async (
  { records }: Parts,
  { id, user, site, scopes, expiresAt }: PendingConsent,
): Promise<void> => {
  await records.setPhase(id, { name: 'granted' }, expiresAt);
  await records.setLastGrant(user.id, { nonce: newId(), site: site.url, scopes });
};

/** Whether there is nothing to ask any more: another tab or request of this person may have asked. */
export const isGranted = async (
  { records }: Parts,
  { id, user, site, scopes, seenGrant, expiresAt }: PendingConsent,
  phase: Phase | undefined,
): Promise<boolean> => {
  if (phase?.name === 'granted' || phase?.name === 'denied') return phase.name === 'granted';
  const last = await records.lastGrant(user.id);
  if (last === undefined || last.nonce === seenGrant || last.site !== site.url) return false;
  if (!scopes.every((scope) => last.scopes.includes(scope))) return false;
  await records.setPhase(id, { name: 'granted' }, expiresAt);
  return true;
};

/** To where the person was, or to where what they sent is run again. */
export const goOn = (
  { settings, cookies }: Parts,
  { request }: Visitor,
  { id, trigger }: PendingConsent,
  cookie: BrowserCookie,
  back?: string,
): Response => {
  const target = trigger.kind === 'page' ? trigger.target : back;
  const there =
    (target !== undefined && localUrl(settings.origin, target)) || resumeUrl(settings, id);
  const response = seeOther(there);
  cookies.set(response.headers, request, { ...cookie, isGranted: trigger.kind === 'page' });
  return response;
};

/** Forgets what was kept of the request. */
export const deny = async (
  parts: Parts,
  { request }: Visitor,
  consent: PendingConsent,
  cookie: BrowserCookie,
  cause?: unknown,
): Promise<Response> => {
  const { settings, records, cookies } = parts;
  const { id, user, trigger, expiresAt } = consent;
  const { kind } = trigger;
  const back = backOf(trigger);
  const phase = { name: 'denied', userId: user.id, kind, ...(back && { back }) } as const;
  // In this order: who looks meanwhile learns of the denial, and never finds nothing.
  await records.setPhase(id, phase, expiresAt);
  await records.drop(id);
  settings.onError(
    new ConsentError('CONSENT_DENIED', 'The user said no; nothing was granted.', { cause }),
    request,
  );
  const response = seeOther(askUrl(settings, id));
  cookies.clear(response.headers, cookie.id);
  return response;
};

const backOf = (trigger: PendingConsent['trigger']): string | undefined => {
  if (trigger.kind === 'page') return trigger.target;
  return trigger.kind === 'send' ? undefined : trigger.back;
};

/** Others, of stores above all, are for whoever runs the app. */
const isForPeople = (error: TributaryError): boolean =>
  error instanceof ConsentError || error instanceof AuthorizationServerError;

const SOMETHING_ELSE = 'Something failed before your answer was stored. Try again in a while.';

/** Back to the page that asks, which says what was wrong and lets the person try again. */
export const fail = async (
  { settings, records }: Parts,
  { request }: Visitor,
  { id, expiresAt }: PendingConsent,
  error: TributaryError,
): Promise<Response> => {
  const message = isForPeople(error) ? error.message : SOMETHING_ELSE;
  await records.setPhase(id, { name: 'failed', message }, expiresAt);
  settings.onError(error, request);
  return seeOther(askUrl(settings, id));
};
