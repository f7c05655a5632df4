import { ConsentError, type TributaryError } from '@tributary/pipeline';
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
  const { id, trigger, expiresAt } = consent;
  const target = trigger.kind === 'page' ? { target: trigger.target } : {};
  await records.drop(id);
  await records.setPhase(id, { name: 'denied', ...target }, expiresAt);
  settings.onError(
    new ConsentError('CONSENT_DENIED', 'The user said no; nothing was granted.', { cause }),
    request,
  );
  const response = seeOther(pageOf(settings, id));
  cookies.clear(response.headers, cookie.id);
  return response;
};

/** Back to the page that asks, which says what was wrong and lets the person try again. */
export const fail = async (
  { settings, records }: Parts,
  { request }: Visitor,
  { id, expiresAt }: PendingConsent,
  error: TributaryError,
): Promise<Response> => {
  const { code, message } = error;
  await records.setPhase(id, { name: 'failed', code, message }, expiresAt);
  settings.onError(error, request);
  return seeOther(pageOf(settings, id));
};
