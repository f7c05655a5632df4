import type { InvokingUser, PendingAuthorization, Site } from '@tributary/pipeline';
import type { Rounds } from '../rounds.js';
import type { KeptRequest } from './kept-request.js';

/** What is to happen after the grant. */
export type Trigger =
  /** A page that was opened: the browser opens it again. */
  | { readonly kind: 'page'; readonly target: string }
  /** Something that was sent: it is run again, once, from here. */
  | { readonly kind: 'send'; readonly request: KeptRequest }
  /** The same, but not kept: the person sends it again. */
  | { readonly kind: 'resend'; readonly why: 'too-large' | 'foreign'; readonly back?: string }
  /** A program asked; it sends its request again by itself. `back`: the page that it belongs to. */
  | { readonly kind: 'api'; readonly back?: string };

/** One person who is asked because of one request. Never changed once written, and taken once. */
export interface PendingConsent {
  readonly id: string;
  readonly user: InvokingUser;
  readonly site: Site;
  readonly scopes: readonly string[];
  readonly newScopes?: readonly string[];
  /** The run of the handler that needed it, and all that was asked for in addition, this time too. */
  readonly rounds: Rounds;
  readonly trigger: Trigger;
  /** Digest of the cookie's secret; an API's consent is bound to the browser that opens its page. */
  readonly browser?: string;
  /** Which grant of this user was the last one when it was asked for. */
  readonly seenGrant?: string;
  /** Epoch ms: until when the person may answer, and until when it is kept for what follows then. */
  readonly askedUntil: number;
  readonly expiresAt: number;
}

/** How far a consent got. */
export type Phase =
  | { readonly name: 'granted' }
  /** An answer came and is being exchanged. */
  | { readonly name: 'answering'; readonly since: number }
  /** What was sent is being run again. */
  | { readonly name: 'running'; readonly since: number }
  | {
      readonly name: 'denied';
      readonly userId: string;
      readonly kind: Trigger['kind'];
      readonly back?: string;
    }
  /** An answer came and was refused; the person may try again. */
  | { readonly name: 'failed'; readonly message: string };

/** The answer that one authorization request waits for. `state` is known by its digest only. */
export interface ExpectedAnswer {
  readonly consentId: string;
  readonly userId: string;
  /** Digest of the secret of the browser that it was asked in. */
  readonly browser: string;
  readonly back?: string;
  readonly expiresAt: number;
}

/** A PendingAuthorization with its verifier in the open: for a sealed record only. */
export type KeptAuthorization = Omit<PendingAuthorization, 'codeVerifier'> & {
  readonly codeVerifier: string;
};

/** The answer of a request that was run again, until the person's browser fetches it. */
export interface KeptAnswer {
  readonly userId: string;
  readonly browser: string;
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Uint8Array<ArrayBuffer>;
}
