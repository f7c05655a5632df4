import {
  ATTEMPT,
  AUTH,
  BUDGET,
  CLOCK,
  CONSENT,
  type ListToken,
  OBSERVE,
  RESOLVE,
  RETRY,
  type Registry,
  type Token,
  TRANSPORT,
} from '../src/di/index.js';
import {
  type AnywhereMiddleware,
  type AttemptCall,
  type AuthenticatedCall,
  type Call,
  type Middleware,
  noRetry,
  type ResolvedCall,
  systemClock,
  type UserPrincipal,
} from '../src/index.js';
import { auth, resolve, terminal } from './support/fill.js';

declare const registry: Registry;
declare const anywhere: AnywhereMiddleware;
declare const onCall: Middleware<Call>;
declare const onResolved: Middleware<ResolvedCall>;
declare const onAttempt: Middleware<AttemptCall>;
declare const onAuthenticated: Middleware<AuthenticatedCall>;
declare const forUsers: Middleware<Call<UserPrincipal>>;

registry.provide(RESOLVE, { useValue: resolve });
registry.provide(RETRY, { useFactory: () => noRetry });
registry.provide(AUTH, { useValue: auth });
registry.provide(TRANSPORT, { useValue: terminal });
registry.add(OBSERVE, { useValue: onCall });
registry.add(CONSENT, { useValue: onResolved });
registry.add(BUDGET, { useFactory: () => onAttempt });
registry.add(ATTEMPT, { useValue: onAuthenticated });
registry.add(ATTEMPT, { useValue: anywhere });

// @ts-expect-error a middleware that needs the credential, in consent
registry.add(CONSENT, { useValue: onAuthenticated });

// @ts-expect-error the same, made by a factory
registry.add(CONSENT, { useFactory: () => onAuthenticated });

// @ts-expect-error the same, in retry
registry.provide(RETRY, { useValue: onAuthenticated });

// @ts-expect-error the same, by replace
registry.replace(RETRY, { useValue: onAuthenticated });

// @ts-expect-error a middleware that needs the base, in observe
registry.add(OBSERVE, { useValue: onResolved });

// @ts-expect-error a middleware for users only, on the chain for all
registry.add(OBSERVE, { useValue: forUsers });

// @ts-expect-error a Middleware<Call> in attempt would forget the later fields
registry.add(ATTEMPT, { useValue: onCall });

// @ts-expect-error a middleware is no terminal
registry.provide(TRANSPORT, { useValue: onAuthenticated });

// @ts-expect-error an auth that brings no credential
registry.provide(AUTH, { useValue: onAttempt });

// @ts-expect-error a list is added to, not provided
registry.provide(OBSERVE, { useValue: onCall });

// @ts-expect-error nor replaced
registry.replace(OBSERVE, { useValue: onCall });

// @ts-expect-error one thing is provided, not added
registry.add(RETRY, { useValue: noRetry });

// @ts-expect-error a list is not got
registry.get(OBSERVE);

// @ts-expect-error and one thing is no list
registry.all(RETRY);

// @ts-expect-error a class of another shape
registry.provide(CLOCK, { useClass: Map });

// @ts-expect-error the token's type decides, not the value's
registry.provide(CLOCK, { useValue: { ...systemClock, now: () => 'noon' } });

export const clock: typeof systemClock = registry.get(CLOCK);

// @ts-expect-error a token of one type is none of a wider one: somebody could provide the wider
export const wider: Token<unknown> = CLOCK;

// @ts-expect-error a ListToken is no Token
export const single: Token<Middleware<Call>> = OBSERVE;

// @ts-expect-error and the other way round
export const list: ListToken<Middleware<ResolvedCall, AttemptCall>> = RETRY;
