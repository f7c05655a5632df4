import {
  hideField,
  type Middleware,
  NeedsAuthenticationError,
  type ResolvedCall,
} from '@tributary/pipeline';

/**
 * Tells a NeedsAuthenticationError that passes by what to ask for and how, and notes it on the call's
 * invocation, so that a boundary knows it as its own. Everything else passes untouched.
 */
export const consent = (): Middleware<ResolvedCall> => ({
  name: 'consent',
  wrap: (next) =>
    function consent(call) {
      return next(call).catch((error: unknown) => {
        if (error instanceof NeedsAuthenticationError) {
          teach(error, call);
          call.invocation?.note(error);
        }
        throw error;
      });
    },
});

const teach = (error: NeedsAuthenticationError, call: ResolvedCall): void => {
  try {
    const flow = call.provider.authorization?.(call);
    if (flow !== undefined) error.learn({ site: call.site, scopes: flow.scopes, flow });
  } catch (reason) {
    // The app still gets the error that it may be catching; the cause says why nobody can be asked.
    if (error.cause === undefined) hideField(error, 'cause', reason);
  }
};
