import type { CallBody } from '@tributary/pipeline';
import type { Ending } from './ending.js';

/** A body as fetch takes it: a factory has been asked for its stream. */
export type WireBody = Exclude<CallBody, () => unknown>;

/** One request as it goes on the wire: everything decided, nothing built. */
export interface WireRequest<B extends CallBody = WireBody> {
  readonly url: string;
  readonly method: string;
  /** Lower-case names, credential included. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: B | undefined;
  /** 'manual' wherever redirects can be followed by hand. */
  readonly redirect: 'follow' | 'manual' | 'error';
}

/** Which call a request belongs to, for errors. */
export interface ExchangeContext {
  readonly template: string;
  readonly attempts: number;
}

/**
 * Carries one request to its response, following nothing and retrying nothing. May reject with
 * anything; what it rejects with is never shown as it is.
 */
export type Exchange = (
  request: WireRequest,
  signal: AbortSignal | undefined,
  context: ExchangeContext,
) => Promise<Response>;

/** An exchange that is told what may end it, instead of being given a signal. */
export type Carry = (
  request: WireRequest,
  ending: Ending,
  context: ExchangeContext,
) => Promise<Response>;
