import type { Site } from '../call/site.js';
import type { InvokingUser } from '../invocation/invocation.js';
import type { AuthorizationFlow } from './authorization-flow.js';

/** What a person is asked for. */
export interface ConsentRequest {
  readonly site: Site;
  readonly scopes: readonly string[];
  /** Those of them that an earlier grant lacked. */
  readonly newScopes?: readonly string[];
  /** The app's own user, where the invocation says who. */
  readonly user?: InvokingUser;
  readonly flow: AuthorizationFlow;
}

/** Asks one person, in whatever way it has (a terminal, a page), and waits for the answer. */
export interface ConsentPrompt {
  readonly name: string;
  /**
   * Resolves when the grant is stored.
   * @throws ConsentDeniedError when the person says no; the signal's reason when it fires.
   */
  ask(request: ConsentRequest, options: { readonly signal: AbortSignal }): Promise<void>;
  readonly dispose?: () => Promise<void>;
}
