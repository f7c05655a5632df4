import {
  ConsentError,
  type ConsentPrompt,
  type ConsentRequest,
  type InvokingUser,
} from '@tributary/pipeline';
import { orAborted } from '../time-limit.js';
import { type Answer, tell } from './answers.js';
import { askerOf } from './asked-for.js';

export interface Asking {
  readonly request: ConsentRequest;
  readonly prompt: ConsentPrompt;
  readonly user: InvokingUser;
  /** What the person answered while the handler ran that turned out to need this. */
  readonly heard: readonly Answer[];
  /** Ends this one's wait; the question ends with the last who waits for it. */
  readonly signal: AbortSignal;
}

/** What a person has before them. */
interface Question {
  readonly scopes: readonly string[];
  readonly outcome: Promise<void>;
  readonly controller: AbortController;
  waiting: number;
}

/** Per client; by user, account, site and way of asking. */
const open = new WeakMap<object, Map<string, Question>>();

/**
 * Asks, unless the same person has the question before them or answered it while the handler ran: one
 * answer is everybody's. Resolves when the handler is to run again.
 * @throws what the prompt throws, the same to all who wait; the signal's reason to this one alone
 */
export const askTogether = async (asking: Asking): Promise<void> => {
  const { request, prompt, user, signal } = asking;
  const asker = askerOf(request);
  const about = JSON.stringify([user.id, user.accountId, request.site.url, prompt.name]);
  const heard = asking.heard.findLast((one) => one.asker === asker && one.about === about);
  // Other scopes may have been granted: the next run tells.
  if (heard?.isGranted) return;
  if (heard !== undefined && covers(heard, request)) throw heard.refusal;

  const questions = open.get(asker) ?? new Map<string, Question>();
  open.set(asker, questions);
  for (let asked = questions.get(about); asked !== undefined; asked = questions.get(about)) {
    if (covers(asked, request)) return wait(asked, signal);
    // Other scopes: a person answers one question at a time.
    if (await orAborted(isGranted(asked), signal)) return;
  }
  const question = ask(asking, (answer) => {
    if (questions.get(about) === question) questions.delete(about);
    if (answer !== undefined) tell(user.id, { asker, about, scopes: request.scopes, ...answer });
  });
  questions.set(about, question);
  return wait(question, signal);
};

const covers = (
  { scopes }: Pick<Question, 'scopes'>,
  { scopes: wanted }: ConsentRequest,
): boolean => wanted.every((scope) => scopes.includes(scope));

const isGranted = ({ outcome }: Question): Promise<boolean> =>
  outcome.then(
    () => true,
    () => false,
  );

/** `close` is called once, before anybody learns the outcome; with the answer, if the person gave one. */
const ask = (
  { request, prompt }: Asking,
  close: (answer?: Pick<Answer, 'isGranted' | 'refusal'>) => void,
): Question => {
  const controller = new AbortController();
  const { signal } = controller;
  const prompted = new Promise<void>((resolve) => resolve(prompt.ask(request, { signal })));
  const outcome = orAborted(prompted, signal).then(
    () => close({ isGranted: true }),
    (error: unknown) => {
      const isRefusal = error instanceof ConsentError && error.code === 'CONSENT_DENIED';
      close(isRefusal ? { isGranted: false, refusal: error } : undefined);
      throw error;
    },
  );
  return { scopes: request.scopes, outcome, controller, waiting: 0 };
};

const wait = async (question: Question, signal: AbortSignal): Promise<void> => {
  question.waiting += 1;
  try {
    await orAborted(question.outcome, signal);
  } finally {
    question.waiting -= 1;
    if (question.waiting === 0 && signal.aborted) question.controller.abort(signal.reason);
  }
};
