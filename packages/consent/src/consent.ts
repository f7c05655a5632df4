import { type Middleware, NeedsAuthenticationError, type ResolvedCall } from '@tributary/pipeline';

export interface ConsentOptions {
  /**
   * Asks for more when a call as the user lacks a scope: a 401 "scope does not match" becomes a
   * NeedsAuthenticationError that asks for what the user granted and what the endpoint wants besides.
   * Where that isn't known, the Response stays the answer. Default false, as in Forge.
   */
  readonly incremental?: boolean;
}

/**
 * Tells a NeedsAuthenticationError that passes by what to ask for and how, and notes it on the call's
 * invocation, so that a boundary knows it as its own. Everything else passes untouched.
 */
export const consent = ({
  incremental = false,
}: ConsentOptions = {}): Middleware<ResolvedCall> => ({
  name: 'consent',
  wrap: (next) =>
    function consent(call) {
      const answer = next(call);
      return (incremental ? answer.then((response) => askForMore(response, call)) : answer).catch(
        async (error: unknown) => {
          if (error instanceof NeedsAuthenticationError) await learn(error, call);
          throw error;
        },
      );
    },
});

// Both are loaded when somebody is asked: most calls find a grant that will do.

const learn = async (error: NeedsAuthenticationError, call: ResolvedCall): Promise<void> => {
  (await import('./teach.js')).teach(error, call);
};

const askForMore = (response: Response, call: ResolvedCall): Response | Promise<Response> =>
  response.status === 401 && call.principal.kind === 'user'
    ? import('./ask-for-more.js').then((module) => module.askForMore(response, call))
    : response;
