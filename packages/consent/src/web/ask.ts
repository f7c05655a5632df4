import { ConfigError, type ConsentRequest, type InvokingUser } from '@tributary/pipeline';
import type { Rounds } from '../rounds.js';
import { newCookie } from './browser-cookie.js';
import { seeOther } from './html/page.js';
import { isForeign, keptHeaders, targetOf } from './kept-request.js';
import { localUrl } from './local-url.js';
import { askUrl } from './page-urls.js';
import type { Parts } from './parts.js';
import type { PendingConsent, Trigger } from './pending-consent.js';
import { consentProblem } from './problem.js';
import type { Settings } from './settings.js';
import { digest, newId } from './tokens.js';
import { wantsHtml } from './wants-html.js';

export interface Asking {
  readonly request: Request;
  /** The whole body; `undefined` where it is too large to be kept. */
  readonly body: Uint8Array<ArrayBuffer> | undefined;
  readonly needed: ConsentRequest;
  readonly user: InvokingUser;
  readonly rounds: Rounds;
}

/** Keeps the request and answers with the way to the person's consent. */
export const ask = async (parts: Parts, asking: Asking): Promise<Response> => {
  requireRedirectUri(parts.settings, asking.needed);
  return wantsHtml(asking.request) && asking.request.method !== 'HEAD'
    ? askPerson(parts, asking)
    : askProgram(parts, asking);
};

const askPerson = async (parts: Parts, asking: Asking): Promise<Response> => {
  const { settings, records, cookies } = parts;
  const { request } = asking;
  const cookie = newCookie(newId(), settings.clock.now());
  const consent = await pendingConsent(parts, asking, {
    id: cookie.id,
    trigger: triggerOf(settings, asking),
    browser: digest(cookie.secret),
  });
  await records.ask(consent);
  const response = seeOther(askUrl(settings, consent.id));
  cookies.set(response.headers, request, cookie);
  return response;
};

/** Requests of one program, also those at the same time, are answered with one page. */
const askProgram = async (parts: Parts, asking: Asking): Promise<Response> => {
  const { settings, asked } = parts;
  const { user, needed, request } = asking;
  const back = backFrom(settings.origin, request);
  const what = JSON.stringify([user.id, needed.site.url, [...needed.scopes].sort(), back]);
  const flight = asked.get(what) ?? apiConsent(parts, asking, what, back);
  asked.set(what, flight);
  try {
    return consentProblem(settings, await flight);
  } finally {
    asked.delete(what);
  }
};

const apiConsent = async (
  parts: Parts,
  asking: Asking,
  what: string,
  back: string | undefined,
): Promise<PendingConsent> => {
  const known = await earlier(parts, what, asking.user.id);
  if (known !== undefined) return known;
  const trigger: Trigger = { kind: 'api', ...(back !== undefined && { back }) };
  const made = await pendingConsent(parts, asking, { id: newId(), trigger });
  await parts.records.ask(made);
  await parts.records.setApiConsent(what, made.id, made.expiresAt);
  return made;
};

const earlier = async (
  { records, settings }: Parts,
  what: string,
  userId: string,
): Promise<PendingConsent | undefined> => {
  const id = await records.apiConsent(what);
  const consent = id === undefined ? undefined : await records.find(id);
  if (consent === undefined) return undefined;
  const isFresh = consent.askedUntil - settings.clock.now() > settings.timeout / 2;
  if (!isFresh || (await records.lastGrant(userId))?.nonce !== consent.seenGrant) return undefined;
  // One that was answered leads to the page that says so, which is of no use to who needs it again.
  return (await records.phase(consent.id)) === undefined ? consent : undefined;
};

const pendingConsent = async (
  { records }: Parts,
  { needed, user, rounds }: Asking,
  own: Pick<PendingConsent, 'id' | 'trigger' | 'browser'>,
): Promise<PendingConsent> => {
  const last = await records.lastGrant(user.id);
  const { newScopes } = needed;
  const added = [...rounds.added, ...(newScopes ?? [])];
  return {
    ...own,
    // No more of what the app may know of its user.
    user: { id: user.id, ...(user.accountId !== undefined && { accountId: user.accountId }) },
    site: needed.site,
    scopes: needed.scopes,
    rounds: { run: rounds.run, added },
    ...records.times(),
    ...(newScopes && { newScopes }),
    ...(last && { seenGrant: last.nonce }),
  };
};

const triggerOf = ({ origin }: Settings, { request, body }: Asking): Trigger => {
  const { method } = request;
  const target = targetOf(request);
  // A path that could lead away is not gone back to.
  const isLocal = localUrl(origin, target) !== undefined;
  if (method === 'GET') return { kind: 'page', target: isLocal ? target : '/' };
  const back = backFrom(origin, request);
  const isUnsure = !isLocal || isForeign(request, origin);
  if (isUnsure || body === undefined) {
    const why = isUnsure ? 'foreign' : 'too-large';
    return { kind: 'resend', why, ...(back !== undefined && { back }) };
  }
  return { kind: 'send', request: { method, target, headers: keptHeaders(request), body } };
};

/** The app's own page that the request was made from, as far as the browser tells. */
const backFrom = (origin: string, request: Request): string | undefined => {
  const referrer = request.headers.get('referer') ?? '';
  if (!referrer.startsWith(`${origin}/`)) return undefined;
  const url = localUrl(origin, referrer.slice(origin.length));
  return url && url.pathname + url.search;
};

const requireRedirectUri = ({ redirectUri }: Settings, { flow }: ConsentRequest): void => {
  if (flow.redirectUri === redirectUri) return;
  throw new ConfigError(
    'redirectUri',
    `must be ${redirectUri}, where the consent pages receive the answer: give it to the app's OAuth configuration and register it, or change \`publicUrl\` or \`path\``,
  );
};
