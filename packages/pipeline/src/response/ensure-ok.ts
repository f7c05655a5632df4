import { factsOf } from '../chain/call-facts.js';
import { escapeControl } from '../secrets/redact.js';
import { type ConfluenceProblem, readProblem } from './confluence-problem.js';
import { readBounded } from './read-bounded.js';
import { ResponseError } from './response-error.js';

/** An error body is a few hundred bytes; a proxy's page may be any size. */
const MAX_PROBLEM_BYTES = 16 * 1024;

/** What to try next, for the statuses where one thing is nearly always the reason, and nobody knows more. */
const NEXT_STEP: Readonly<Record<number, string>> = {
  401: 'Check that the credential is valid, and honoured at this base URL.',
  403: 'The principal is known, but lacks the permission or a licence.',
  404: 'It does not exist, or the principal may not see it: Confluence answers 404 for both.',
  409: 'Somebody changed it meanwhile: read it again and send the next version number.',
  410: 'This endpoint was removed; use its v2 successor.',
  429: 'Wait as long as Retry-After says.',
};

const problemOf = async (response: Response): Promise<ConfluenceProblem> => {
  const body = await readBounded(response, MAX_PROBLEM_BYTES);
  try {
    return readProblem(JSON.parse(body));
  } catch {
    return {};
  }
};

/** An explanation that fails, as where its code can't be loaded, must not hide what it was to explain. */
const adviceOn = async (response: Response): Promise<string | undefined> => {
  const explained = await factsOf(response)
    ?.explain?.(response)
    .catch(() => undefined);
  return explained === undefined
    ? NEXT_STEP[response.status]
    : `${explained.reason} ${explained.nextStep}`;
};

const describe = (
  response: Response,
  problem: ConfluenceProblem,
  next: string | undefined,
): string => {
  const facts = factsOf(response);
  const where = facts === undefined ? '' : ` from ${facts.template}`;
  const said = [problem.title, problem.detail].filter((part) => part !== undefined).join(': ');
  return [`Confluence answered ${response.status}${where}`, said, next]
    .filter((part) => part !== undefined && part !== '')
    .join('. ')
    .replaceAll('..', '.');
};

/**
 * Makes an error of an error status, since the API itself never does.
 * @returns the Response as it was, when its status is 200 to 299, or 304
 * @throws ResponseError with status, Confluence's title and detail, the template and the trace id; its message says what to do next
 */
export const ensureOk = async <R extends Response>(response: R | Promise<R>): Promise<R> => {
  const answer = await response;
  if (answer.ok || answer.status === 304) return answer;
  // Before the body is read: it may hold the reason.
  const advice = await adviceOn(answer);
  const problem = await problemOf(answer);
  const facts = factsOf(answer);
  const traceId = answer.headers.get('atl-traceid');
  throw new ResponseError(describe(answer, problem, advice), {
    status: answer.status,
    ...problem,
    template: facts?.template,
    attempts: facts?.attempts ?? 0,
    traceId: traceId === null ? undefined : escapeControl(traceId.slice(0, 100)),
  });
};
