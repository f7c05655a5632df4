import { type Call, type Invocation, PrincipalError } from '@tributary/pipeline';
import type { OAuthToken } from './oauth-token.js';
import type { VerifiedContext } from './remote-context.js';

/** What belongs to one verified invocation and is not on it: its OAuth tokens, above all. */
export interface RemoteSession extends VerifiedContext {
  readonly system?: OAuthToken;
  /** Only where the token names a user. */
  readonly user?: OAuthToken;
}

/** The sessions of one remote, by the very invocation that was verified: a copy of it has none. */
export type RemoteSessions = WeakMap<Invocation, RemoteSession>;

/** @throws PrincipalError outside an invocation that this remote verified. */
export const sessionOf = (sessions: RemoteSessions, call: Call): RemoteSession => {
  const session = call.invocation && sessions.get(call.invocation);
  if (session !== undefined) return session;
  throw new PrincipalError(
    'A Forge Remote has credentials only inside an invocation that its verifyInvocation() gave; run the handler by runInInvocation(invocation, …)',
    call.template,
  );
};

/**
 * The API that the call's product is reached at.
 * @throws PrincipalError where the app is not installed in that product.
 */
export const baseFor = ({ base, bases }: RemoteSession, call: Call): string => {
  // What all products have in common is at the gateway's root ("Atlassian GraphQL API, Authentication").
  if (call.product === 'graph') return new URL('/', base.url).href;
  const found = bases.get(call.product) ?? (base.product === undefined ? base : undefined);
  if (found !== undefined) return found.url;
  throw new PrincipalError(
    `This invocation's installation has no API for ${call.product}; install the app there too`,
    call.template,
  );
};
