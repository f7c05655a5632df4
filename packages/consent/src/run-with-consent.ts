import {
  type Clock,
  ConfigError,
  type ConsentPrompt,
  type ConsentRequest,
  type Invocation,
  type InvokingUser,
  systemClock,
} from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { type Answer, hear } from './asking/answers.js';
import { askTogether } from './asking/ask-together.js';
import { DEFAULT_MAX_ROUNDS, neededConsent, requireRound } from './rounds.js';
import { DEFAULT_TIMEOUT, readTimeout, startTimeLimit } from './time-limit.js';

export interface RunWithConsentOptions {
  /** How the person is asked. */
  readonly prompt: ConsentPrompt;
  /** Who is invoking, from a verified source: a session, a token, a terminal; never request input. */
  readonly user: InvokingUser;
  /** Where the invocation comes from. Default `terminal`. */
  readonly surface?: 'terminal' | 'web' | 'forge';
  /** How often the person may be asked, by this or by another handler for both. Default 3. */
  readonly maxRounds?: number;
  /** Ms to wait for each answer, or Infinity. Default 300,000. */
  readonly timeout?: number;
  /** Ends the wait, and stops the handler from being run again. */
  readonly signal?: AbortSignal;
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Called before each run of the handler. */
  readonly onRun?: (invocation: Invocation) => void;
}

/**
 * Runs `handler`; when a NeedsAuthenticationError of its own invocation escapes from it, asks the
 * person and runs it again from the start, in a fresh invocation. Every other error, also one that
 * wraps such an error, is the handler's own affair and is rethrown untouched. Several at the same time
 * ask the same person once: one answer is everybody's.
 * @throws ConsentError CONSENT_DENIED, CONSENT_TIMEOUT or CONSENT_ROUNDS; the original error where
 *   nobody can be asked.
 */
export const runWithConsent = async <T>(
  handler: (invocation: Invocation) => T | Promise<T>,
  options: RunWithConsentOptions,
): Promise<T> => {
  const { user, surface = 'terminal', signal, onRun } = options;
  const maxRounds = readMaxRounds(options.maxRounds ?? DEFAULT_MAX_ROUNDS);
  requireUser(user);
  const ask = createAsk(options);
  const added: string[] = [];

  for (let run = 1; ; run += 1) {
    signal?.throwIfAborted();
    const invocation = createInvocation({ surface, user, run });
    onRun?.(invocation);
    const hearing = hear(user.id);
    try {
      return await runInInvocation(invocation, () => handler(invocation));
    } catch (error) {
      const request = neededConsent(error, invocation);
      if (request === undefined) throw error;
      requireRound({ run, added }, maxRounds, request, error);
      await ask(request, error, hearing.answers);
      added.push(...(request.newScopes ?? []));
    } finally {
      hearing.end();
    }
  }
};

const createAsk = (options: RunWithConsentOptions) => {
  const { prompt, clock = systemClock } = options;
  if (typeof prompt?.ask !== 'function') {
    throw new ConfigError('prompt', 'must be a ConsentPrompt, such as terminalPrompt()');
  }
  const timeout = readTimeout(options.timeout ?? DEFAULT_TIMEOUT);

  return async (request: ConsentRequest, error: unknown, heard: readonly Answer[]) => {
    const limit = startTimeLimit(timeout, clock, options.signal, error);
    const { signal } = limit;
    try {
      signal.throwIfAborted();
      await askTogether({ request, prompt, user: options.user, heard, signal });
    } finally {
      limit.end();
    }
  };
};

const readMaxRounds = (value: number): number => {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new ConfigError('maxRounds', 'must be a whole number from 1');
  }
  return value;
};

const requireUser = (user: InvokingUser | undefined): void => {
  if (typeof user?.id !== 'string' || user.id === '') {
    throw new ConfigError(
      'user',
      'must be { id } of the person who is invoking, from a verified source',
    );
  }
};
