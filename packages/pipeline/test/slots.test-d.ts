import {
  type AnywhereMiddleware,
  type AttemptCall,
  type AuthenticatedCall,
  type Call,
  createPipeline,
  type Middleware,
  noRetry,
  type ResolvedCall,
  type UserPrincipal,
} from '../src/index.js';
import { auth, fill, resolve, terminal } from './support/fill.js';

declare const anywhere: AnywhereMiddleware;
declare const onCall: Middleware<Call>;
declare const onResolved: Middleware<ResolvedCall>;
declare const onAttempt: Middleware<AttemptCall>;
declare const onAuthenticated: Middleware<AuthenticatedCall>;
declare const forUsers: Middleware<Call<UserPrincipal>>;

// Each in its own slot, and one that needs nothing in every list.
createPipeline({
  observe: [onCall, anywhere],
  resolve,
  consent: [onResolved, anywhere],
  retry: noRetry,
  budget: [onAttempt, anywhere],
  auth,
  attempt: [onAuthenticated, anywhere],
  transport: terminal,
});

// @ts-expect-error a chain without auth
createPipeline({ resolve, retry: noRetry, transport: terminal });

// @ts-expect-error a chain without transport
createPipeline({ resolve, retry: noRetry, auth });

// @ts-expect-error a chain without resolve
createPipeline({ retry: noRetry, auth, transport: terminal });

// @ts-expect-error a chain without retry: noRetry is one
createPipeline({ resolve, auth, transport: terminal });

// @ts-expect-error a middleware that needs the credential, outside of auth
createPipeline(fill({ consent: [onAuthenticated] }));

// @ts-expect-error the same in the retry slot
createPipeline(fill({ retry: onAuthenticated }));

// @ts-expect-error a middleware that needs the attempt, outside of retry
createPipeline(fill({ consent: [onAttempt] }));

// @ts-expect-error a middleware that needs the base, outside of resolve
createPipeline(fill({ observe: [onResolved] }));

// @ts-expect-error a middleware for users only, on the chain for all
createPipeline(fill({ observe: [forUsers] }));

// @ts-expect-error a Middleware<Call> would forget the fields that attempt and transport need
createPipeline(fill({ attempt: [onCall] }));

// @ts-expect-error the same in budget
createPipeline(fill({ budget: [onCall] }));

// @ts-expect-error the same in consent
createPipeline(fill({ consent: [onCall] }));

// @ts-expect-error a retry that doesn't count
createPipeline(fill({ retry: onResolved }));

// @ts-expect-error an auth that brings no credential
createPipeline(fill({ auth: onAttempt }));

// @ts-expect-error a middleware is no terminal
createPipeline(fill({ transport: onAuthenticated }));

// @ts-expect-error a slot that takes one takes no list
createPipeline(fill({ auth: [auth] }));

// @ts-expect-error there is no such slot
createPipeline({ ...fill(), retries: noRetry });

createPipeline(
  fill({
    observe: [
      {
        name: 'reads-too-much',
        // @ts-expect-error a call that was just made knows no base yet
        wrap: (next) => (call) => next({ ...call, path: call.base }),
      },
    ],
  }),
);

export const uncounted: Middleware<ResolvedCall, AttemptCall> = {
  name: 'uncounted',
  // @ts-expect-error what retry hands on needs its number
  wrap: (next) => (call) => next(call),
};
