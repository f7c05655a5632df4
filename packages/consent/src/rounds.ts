import {
  ConsentError,
  type ConsentRequest,
  type Invocation,
  NeedsAuthenticationError,
} from '@tributary/pipeline';

export const DEFAULT_MAX_ROUNDS = 3;

/** How often a request was asked for already, and for what. */
export interface Rounds {
  /** The run of the handler. */
  readonly run: number;
  /** Scopes that were asked for in addition. */
  readonly added: readonly string[];
}

export const FIRST_ROUND: Rounds = Object.freeze({ run: 1, added: Object.freeze([]) });

/** What a run needs that follows a grant. */
export const nextRound = ({ run, added }: Rounds): Rounds => ({ run: run + 1, added });

/** What to ask for, if an error is uncaught in Forge's sense and there is a way to ask. */
export const neededConsent = (
  error: unknown,
  invocation: Invocation,
): ConsentRequest | undefined =>
  error instanceof NeedsAuthenticationError && invocation.hasNoted(error) && invocation.interactive
    ? error.request
    : undefined;

/** @throws ConsentError CONSENT_ROUNDS where asking once more changes nothing. */
export const requireRound = (
  { run, added }: Rounds,
  maxRounds: number,
  { scopes, newScopes = [] }: ConsentRequest,
  cause: unknown,
): void => {
  if (run > maxRounds) {
    throw new ConsentError(
      'CONSENT_ROUNDS',
      `The handler needs consent again after ${maxRounds} rounds of asking. Either the grant is not kept, or a call needs more than these scopes: ${scopes.join(' ')}`,
      { cause },
    );
  }
  if (newScopes.some((scope) => added.includes(scope))) {
    throw new ConsentError(
      'CONSENT_ROUNDS',
      `The person was asked for ${newScopes.join(' ')} and granted, but the grant still lacks it. Enable these scopes for the app in the developer console.`,
      { cause },
    );
  }
};
