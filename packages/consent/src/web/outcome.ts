import { AuthorizationServerError, ConsentError, type TributaryError } from '@tributary/pipeline';
import { pageOf } from './ask.js';
import type { BrowserCookie } from './browser-cookie.js';
import { seeOther } from './html/page.js';
import { localUrl } from './local-url.js';
import type { Parts } from './parts.js';
import type { PendingConsent } from './pending-consent.js';
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
export const isGranted = async ({ records }: Parts, consent: PendingConsent): Promise<boolean> => {
  const { id, user, site, scopes, seenGrant, expiresAt } = consent;
  if ((await records.phase(id))?.name === 'granted') return true;
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
    (target !== undefined && localUrl(settings.origin, target)) ||
    `${settings.origin}${settings.path}/resume/${id}`;
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
  await records.drop(id);
  await records.setPhase(
    id,
    { name: 'denied', userId: user.id, kind, ...(back && { back }) },
    expiresAt,
  );
  settings.onError(
    new ConsentError('CONSENT_DENIED', 'The user said no; nothing was granted.', { cause }),
    request,
  );
  const response = seeOther(pageOf(settings, id));
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
  return seeOther(pageOf(settings, id));
};
