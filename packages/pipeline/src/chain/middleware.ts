import type { AttemptCall, AuthenticatedCall, Call, ResolvedCall } from '../call/call.js';

/** Carries one call to its response. */
export type Handler<C extends Call> = (call: C) => Promise<Response>;

/**
 * One step of the chain. `wrap` runs once per chain; the handler that it returns runs per call and
 * holds no state of a call, so that one middleware can serve many chains. A middleware that calls
 * `next` again first cancels the body of the response it discards, and one that replaces a response
 * calls `inheritFacts`.
 */
export interface Middleware<In extends Call, Out extends In = In> {
  readonly name: string;
  // A property, not a method: method parameters are bivariant, and a wrong slot would compile.
  readonly wrap: (next: Handler<Out>) => Handler<In>;
  readonly dispose?: () => Promise<void>;
}

/** A middleware that needs nothing of the call's later fields: it fits any list slot. */
export interface AnywhereMiddleware {
  readonly name: string;
  readonly wrap: <C extends Call>(next: Handler<C>) => Handler<C>;
  readonly dispose?: () => Promise<void>;
}

/** The end of the chain: the one place where Headers, Request and sockets exist. */
export interface Terminal {
  readonly name: string;
  readonly send: Handler<AuthenticatedCall>;
  readonly dispose?: () => Promise<void>;
}

/** One chain. The names are the order, outermost first; within a list, the list's order. */
export interface Slots {
  /** Once per call: spans, logs, error mapping. */
  readonly observe?: readonly Middleware<Call>[];
  /** Which provider answers, and at which base URL. */
  readonly resolve: Middleware<Call, ResolvedCall>;
  /** Sees a NeedsAuthenticationError pass by, and tells it what to ask for. */
  readonly consent?: readonly Middleware<ResolvedCall>[];
  /** Which failures are tried again, and when; counts the attempts. */
  readonly retry: Middleware<ResolvedCall, AttemptCall>;
  /** Per attempt: a permit from the tenant's rate budget. */
  readonly budget?: readonly Middleware<AttemptCall>[];
  /** Per attempt: a fresh credential, and its one renewal. */
  readonly auth: Middleware<AttemptCall, AuthenticatedCall>;
  /** Per attempt, with the credential known: trace headers, attempt spans. */
  readonly attempt?: readonly Middleware<AuthenticatedCall>[];
  readonly transport: Terminal;
}
