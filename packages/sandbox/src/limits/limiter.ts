import type { Identity } from '../rest/env.js';

/** Which limit refused a request: Cloud's burst or quota, or Data Center's tokens. */
export type LimitName = 'burst' | 'quota' | 'tokens';

export type RateHeaders = Readonly<Record<string, string>>;

export interface LimitedRequest {
  readonly method: string;
  /** Path and query as on the wire. */
  readonly path: string;
  readonly identity: Identity;
}

export interface Refusal {
  readonly by: LimitName;
  readonly message: string;
  readonly headers: RateHeaders;
}

/** A limit lets a request pass, and has headers for its answer; or doesn't. */
export type Taken<Known extends unknown[]> =
  | { readonly refusal: Refusal }
  | { readonly refusal?: undefined; readonly headers: (...known: Known) => RateHeaders };

/** How a request went. */
export interface Outcome {
  readonly isOk: boolean;
  /** Objects that the answer lists; undefined where it is no list. */
  readonly listed: number | undefined;
}

/** Decides on requests as they arrive, before anything is done for them. */
export interface Limiter {
  /** Undefined: none of its business. Headers are asked for once, and charge what the request cost. */
  admit(request: LimitedRequest): Taken<[Outcome]> | undefined;
}
