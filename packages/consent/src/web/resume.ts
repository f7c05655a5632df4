import { nextRound } from '../rounds.js';
import { UNKEPT } from './html/ask-page.js';
import { expiredPage, grantedPage, runningPage, sentPage } from './html/outcome-pages.js';
import { PRIVATE, seeOther } from './html/page.js';
import { isEmpty } from './kept-answer.js';
import { type KeptRequest, rebuild } from './kept-request.js';
import { isGranted } from './outcome.js';
import { answerUrl } from './page-urls.js';
import type { Parts } from './parts.js';
import type { PendingConsent } from './pending-consent.js';
import { Reruns } from './reruns.js';
import { homeOf, refuseOther, refuseStranger, show, type Visitor } from './visitor.js';

/** A kept request that is to be run through the app now, whose answer is the person's. */
export interface RunAgain {
  readonly request: Request;
  /** To be called when the app has answered. */
  end(): void;
}

/** After the grant: what was sent is run again, and who has to send it themselves is told so. */
export const resume = async (
  parts: Parts,
  visitor: Visitor,
  id: string,
): Promise<Response | RunAgain> => {
  const { records, settings, cookies } = parts;
  const consent = await records.find(id);
  if (consent === undefined) return resumedBefore(parts, visitor, id);
  const stranger = refuseStranger(parts, visitor, consent.user.id);
  if (stranger !== undefined) return stranger;
  if (!(await isGranted(parts, consent, await records.phase(id))))
    return show(parts, expiredPage(homeOf(parts)));
  const { trigger } = consent;
  if (trigger.kind === 'send') return runAgain(parts, visitor, consent, trigger.request);
  const response = show(
    parts,
    grantedPage(settings.appName, whatNow(trigger), wayBack(parts, trigger)),
  );
  cookies.clear(response.headers, id);
  return response;
};

const runAgain = async (
  parts: Parts,
  visitor: Visitor,
  { id, user, browser = '' }: PendingConsent,
  { target }: KeptRequest,
): Promise<Response | RunAgain> => {
  const other = refuseOther(parts, visitor, id, { userId: user.id, browser });
  if (other !== undefined) return other;
  const taken = await parts.records.take(id);
  if (taken?.trigger.kind !== 'send') return resumedBefore(parts, visitor, id);
  const rerun = {
    consentId: id,
    userId: user.id,
    rounds: nextRound(taken.rounds),
    target,
    browser,
  };
  const { mark, end } = parts.reruns.begin(rerun);
  const request = rebuild(taken.trigger.request, parts.settings.origin, visitor.request);
  request.headers.set(Reruns.header, mark);
  return { request, end };
};

/** Who reloads before the answer came is led to it, and starts nothing. */
const resumedBefore = async (parts: Parts, visitor: Visitor, id: string): Promise<Response> => {
  const { records, settings } = parts;
  if ((await records.answer(id)) !== undefined) return seeOther(answerUrl(settings, id));
  const phase = await records.phase(id);
  return phase?.name === 'running' && phase.since > settings.clock.now() - RUNNING_MS
    ? show(parts, runningPage({ href: visitor.url.pathname, words: 'Continue' }))
    : show(parts, expiredPage(homeOf(parts)));
};

/** A run that says nothing for longer is taken for lost. */
const RUNNING_MS = 60_000;

/** The answer of what was run again; a reload finds it gone. */
export const showAnswer = async (parts: Parts, visitor: Visitor, id: string): Promise<Response> => {
  const kept = await parts.records.answer(id);
  if (kept === undefined) return show(parts, expiredPage(homeOf(parts)));
  const other = refuseOther(parts, visitor, id, kept);
  if (other !== undefined) return other;
  const taken = await parts.records.takeAnswer(id);
  if (taken === undefined) return show(parts, expiredPage(homeOf(parts)));
  // Else the browser would stay where it is, at the authorization server.
  const response = isEmpty(taken.status)
    ? show(parts, sentPage(homeOf(parts)))
    : new Response(taken.body, {
        status: taken.status,
        headers: taken.headers.map(([name, value]): [string, string] => [name, value]),
      });
  for (const [name, value] of Object.entries(PRIVATE)) response.headers.set(name, value);
  parts.cookies.clear(response.headers, id);
  return response;
};

type Ending = Exclude<PendingConsent['trigger'], { kind: 'send' }>;

const whatNow = (trigger: Ending): string =>
  trigger.kind === 'resend'
    ? `${UNKEPT[trigger.why]} Go back and send it again.`
    : 'Go back to it and try again.';

const wayBack = (parts: Parts, trigger: Ending) => {
  const back = trigger.kind === 'page' ? undefined : trigger.back;
  return back === undefined ? homeOf(parts) : { href: back, words: 'Go back' };
};
