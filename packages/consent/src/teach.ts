import {
  type AuthorizationFlow,
  type ConsentRequest,
  hideField,
  type NeedsAuthenticationError,
  type ResolvedCall,
} from '@tributary/pipeline';
import { askedFor } from './asking/asked-for.js';

/** Tells the error what to ask for and how, unless it knows already, and notes it on the invocation. */
export const teach = (error: NeedsAuthenticationError, call: ResolvedCall): void => {
  try {
    const flow = error.request === undefined ? call.provider.authorization?.(call) : undefined;
    if (flow !== undefined) error.learn(requestFor(call, flow));
  } catch (reason) {
    // The app still gets the error that it may be catching; the cause says why nobody can be asked.
    if (error.cause === undefined) hideField(error, 'cause', reason);
  }
  call.invocation?.note(error);
};

export const requestFor = (
  { site, provider, invocation }: ResolvedCall,
  flow: AuthorizationFlow,
  newScopes?: readonly string[],
): ConsentRequest =>
  askedFor(provider, {
    site,
    scopes: flow.scopes,
    flow,
    ...(newScopes && { newScopes }),
    ...(invocation?.user && { user: invocation.user }),
  });
