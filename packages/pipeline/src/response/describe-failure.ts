import { type CallFacts, factsOf } from '../chain/call-facts.js';
import { type ConfluenceProblem, readProblem } from './confluence-problem.js';
import { readBounded } from './read-bounded.js';

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

const WHO: Readonly<Record<CallFacts['product'], string>> = {
  confluence: 'Confluence',
  jira: 'Jira',
  bitbucket: 'Bitbucket',
  graph: 'Atlassian',
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

/** An error answer in words: who gave it, what it says, and what to do next. Reads the body. */
export const describeFailure = async (
  response: Response,
): Promise<{ readonly message: string; readonly problem: ConfluenceProblem }> => {
  // Before the body is read: it may hold the reason.
  const advice = await adviceOn(response);
  const problem = await problemOf(response);
  const facts = factsOf(response);
  const where = facts === undefined ? '' : ` from ${facts.template}`;
  const said = [problem.title, problem.detail].filter((part) => part !== undefined).join(': ');
  const message = [
    `${WHO[facts?.product ?? 'confluence']} answered ${response.status}${where}`,
    said,
    advice,
  ]
    .filter((part) => part !== undefined && part !== '')
    .join('. ')
    .replaceAll('..', '.');
  return { message, problem };
};
