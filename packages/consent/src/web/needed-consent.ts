import {
  type ConsentRequest,
  type Invocation,
  NeedsAuthenticationError,
} from '@tributary/pipeline';

/** What to ask for, where an error that escaped is one of this very invocation, and there is a way to ask. */
export const neededConsent = (
  error: unknown,
  invocation: Invocation,
): ConsentRequest | undefined =>
  error instanceof NeedsAuthenticationError && invocation.hasNoted(error) && invocation.interactive
    ? error.request
    : undefined;
