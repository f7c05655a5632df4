import type { Site } from '../call/site.js';
import type { InvokingUser } from '../invocation/invocation.js';
import type { AuthorizationFlow } from './authorization-flow.js';
import type { PendingRecords } from './pending-records.js';

/** Who is asked, where, and for what. */
export interface ConsentAsked {
  /** The app's own signed-in user, from a verified source. */
  readonly user: InvokingUser;
  /** Default: the client's. */
  readonly site?: Site;
  /** All that the new grant shall hold. Default: the configured ones. */
  readonly scopes?: readonly string[];
}

/** What came of forgetting a grant. */
export interface RevokedGrant {
  /** Whose grant it was; `undefined` when nobody had granted. */
  readonly accountId?: string;
  /**
   * Where the person ends the app's access at Atlassian too, and how, in a sentence for them: until
   * then tokens that the app was given stay valid there.
   */
  readonly atAtlassian: { readonly url: string; readonly what: string };
}

/** What whoever asks for consent needs of a client. */
export interface ConsentDesk {
  readonly pending: PendingRecords;
  /**
   * How to ask `user`: the same on every instance, so that a callback may arrive at another one.
   * @throws ConfigError where nobody can be asked, or no site is known.
   */
  flow(asked: ConsentAsked): AuthorizationFlow;
  /**
   * Forgets `user`'s grant in the store and in this process. Every process reads the store for every
   * call, so that the next `asUser()` call anywhere asks again; what was sent before is still answered.
   * Whoever linked themselves to the same account is asked again too. A refresh that is under way stores
   * nothing any more. Tells what is left to do at Atlassian.
   * @throws ConfigError (rejection) where nobody can be asked, or no site is known; GrantStoreError, after
   *   which it is safe to call it again
   */
  revoke(user: InvokingUser, options?: { readonly site?: Site }): Promise<RevokedGrant>;
}
