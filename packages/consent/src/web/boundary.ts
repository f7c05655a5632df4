import { ConsentError, type Invocation } from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { ask } from './ask.js';
import { holdBody, noteCopy } from './held-body.js';
import { keepAnswer } from './kept-answer.js';
import { isForeign, targetOf } from './kept-request.js';
import type { Parts } from './parts.js';
import { Reruns } from './reruns.js';
import { FIRST_ROUND, neededConsent, nextRound, type Rounds, requireRound } from './rounds.js';
import { digest, isSame } from './tokens.js';
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
    const rerun = parts.reruns.take(given);
    const request = withoutMark(given);
    const user = await parts.settings.user(given);
    if (rerun !== undefined && rerun.userId !== user?.id) throw userChanged();
    const landed = rerun === undefined ? await landing(parts, request, user?.id) : undefined;
    const rounds = rerun?.rounds ?? landed?.rounds ?? FIRST_ROUND;
    const { run } = rounds;
    const invocation = createInvocation({ surface: 'web', run, ...(user && { user }) });

    const mayBeKept = user !== undefined && !['GET', 'HEAD'].includes(request.method);
    const isForPeople = wantsHtml(request) && !isForeign(request, parts.settings.origin);
    const held = mayBeKept && isForPeople ? await holdBody(request) : { request, body: undefined };
    let response: Response;
    try {
      response = await runInInvocation(invocation, () => handler(held.request, invocation));
    } catch (error) {
      const needed = neededConsent(error, invocation);
      if (needed === undefined || user === undefined) throw error;
      requireRound(rounds, parts.settings.maxRounds, needed, error);
      const { body } = held;
      return leave(parts, landed, await ask(parts, { request, body, needed, user, rounds }));
    }
    if (rerun !== undefined) return keepAnswer(parts, rerun, response);
    return leave(parts, landed, response);
  };

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
const leave = ({ cookies }: Parts, landed: Landing | undefined, response: Response): Response => {
  if (landed === undefined) return response;
  // Those of a fetched answer can't be changed.
  const headers = new Headers(response.headers);
  cookies.clear(headers, landed.id);
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
};

const withoutMark = (request: Request): Request => {
  if (!request.headers.has(Reruns.header)) return request;
  const headers = new Headers(request.headers);
  headers.delete(Reruns.header);
  return noteCopy(new Request(request, { headers }), request);
};

const userChanged = (): ConsentError =>
  new ConsentError(
    'CONSENT_REFUSED',
    'Another user is signed in than the one whose request was to be run again; it was not run.',
  );
