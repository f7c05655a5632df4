import { ConsentError, type Invocation, type InvokingUser } from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { isSame } from '../is-same.js';
import { FIRST_ROUND, neededConsent, nextRound, type Rounds, requireRound } from '../rounds.js';
import { ask } from './ask.js';
import { holdBody, noteCopy } from './held-body.js';
import { keepAnswer } from './kept-answer.js';
import { isForeign, targetOf } from './kept-request.js';
import type { Parts } from './parts.js';
import { type Rerun, Reruns } from './reruns.js';
import { digest } from './tokens.js';
import { wantsHtml } from './wants-html.js';

export type ConsentHandler = (
  request: Request,
  invocation: Invocation,
) => Response | Promise<Response>;

/**
 * Runs `handler` in an invocation of the app's signed-in user; what it needs and doesn't catch is asked
 * of the person, and the handler runs again.
 */
export const boundary =
  (parts: Parts, handler: ConsentHandler): ((request: Request) => Promise<Response>) =>
  async (given) => {
    const visit = await receive(parts, given);
    const { rerun, landed } = visit;
    if (rerun === undefined) {
      const { response } = await attempt(parts, handler, visit);
      return landed === undefined ? response : withoutCookie(parts, landed.id, response);
    }
    await noteRun(parts, rerun, 'running');
    try {
      const { response, isAsking } = await attempt(parts, handler, visit);
      return isAsking ? response : await keepAnswer(parts, rerun, response);
    } finally {
      await noteRun(parts, rerun, 'granted');
    }
  };

interface Visit {
  readonly request: Request;
  readonly user: InvokingUser | undefined;
  readonly rounds: Rounds;
  /** Set where what was sent is run again. */
  readonly rerun: Rerun | undefined;
  /** Set where the person came back to the page that they had opened. */
  readonly landed: Landing | undefined;
}

const receive = async (parts: Parts, given: Request): Promise<Visit> => {
  const rerun = parts.reruns.take(given);
  const request = withoutMark(given);
  const user = await parts.settings.user(given);
  if (rerun !== undefined && rerun.userId !== user?.id) throw userChanged();
  const landed = rerun === undefined ? await landing(parts, request, user?.id) : undefined;
  const rounds = rerun?.rounds ?? landed?.rounds ?? FIRST_ROUND;
  return { request, user, rounds, rerun, landed };
};

interface Outcome {
  readonly response: Response;
  /** Whether it is the way to the person's consent, and not the handler's answer. */
  readonly isAsking: boolean;
}

const attempt = async (
  parts: Parts,
  handler: ConsentHandler,
  { request, user, rounds }: Visit,
): Promise<Outcome> => {
  const { run } = rounds;
  const invocation = createInvocation({ surface: 'web', run, ...(user && { user }) });
  const isKept = user !== undefined && mayBeKept(parts, request);
  const held = isKept ? await holdBody(request) : { request, body: undefined };
  try {
    const response = await runInInvocation(invocation, () => handler(held.request, invocation));
    return { response, isAsking: false };
  } catch (error) {
    const needed = neededConsent(error, invocation);
    if (needed === undefined || user === undefined) throw error;
    requireRound(rounds, parts.settings.maxRounds, needed, error);
    const asking = { request, body: held.body, needed, user, rounds };
    return { response: await ask(parts, asking), isAsking: true };
  }
};

/** What a program sends is sent again by it, and what another site sent by nobody. */
const mayBeKept = ({ settings }: Parts, request: Request): boolean =>
  !['GET', 'HEAD'].includes(request.method) &&
  wantsHtml(request) &&
  !isForeign(request, settings.origin);

interface Landing {
  readonly id: string;
  readonly rounds: Rounds;
}

/** Whether this is the page that the person came back to; the cookie of one such request says so. */
const landing = async (
  { records, cookies }: Parts,
  request: Request,
  userId: string | undefined,
): Promise<Landing | undefined> => {
  if (request.method !== 'GET' || userId === undefined) return undefined;
  for (const { id, secret, isGranted } of cookies.all(request)) {
    if (!isGranted) continue;
    const consent = await records.find(id);
    if (consent?.trigger.kind !== 'page' || consent.trigger.target !== targetOf(request)) continue;
    if (consent.user.id !== userId || !isSame(consent.browser ?? '', digest(secret))) continue;
    const taken = await records.take(id);
    return { id, rounds: nextRound((taken ?? consent).rounds) };
  }
  return undefined;
};

/** The cookie has done its work. */
const withoutCookie = ({ cookies }: Parts, id: string, response: Response): Response => {
  // Those of a fetched answer can't be changed.
  const headers = new Headers(response.headers);
  cookies.clear(headers, id);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
};

const withoutMark = (request: Request): Request => {
  if (!request.headers.has(Reruns.header)) return request;
  const headers = new Headers(request.headers);
  headers.delete(Reruns.header);
  return noteCopy(new Request(request, { headers }), request);
};

/** For who reloads meanwhile; what was sent is run without it too. */
const noteRun = async (
  { records, settings }: Parts,
  { consentId }: Rerun,
  name: 'running' | 'granted',
): Promise<void> => {
  const phase = { name, since: settings.clock.now() };
  await records.setPhase(consentId, phase, records.expiry()).catch(() => {});
};

const userChanged = (): ConsentError =>
  new ConsentError(
    'CONSENT_REFUSED',
    'Another user is signed in than the one whose request was to be run again; it was not run.',
  );
