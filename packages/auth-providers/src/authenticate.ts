import {
  type AttemptCall,
  type AuthenticatedCall,
  BodyNotReplayableError,
  type Clock,
  type Credential,
  discardBody,
  type Handler,
  isReplayable,
  type Middleware,
  NeedsAuthenticationError,
  offerExplanation,
  systemClock,
} from '@tributary/pipeline';
import { explainAuthFailure } from './explain/explain-auth-failure.js';
import { isPromise } from './is-promise.js';
import { isScopeMismatch } from './scope-mismatch.js';
import { waitFor } from './wait-for.js';

export interface AuthenticateOptions {
  /** Tells whether a credential has expired. Default: the system's. */
  readonly clock?: Clock;
}

/** The auth slot: a fresh credential for each attempt, and one renewal when it is refused. */
export const authenticate = ({
  clock = systemClock,
}: AuthenticateOptions = {}): Middleware<AttemptCall, AuthenticatedCall> => ({
  name: 'auth',
  wrap(next) {
    const send = (call: AttemptCall, credential: Credential | undefined): Promise<Response> =>
      next({ ...call, credential }).then((response) => {
        const { status } = response;
        if (status === 401) {
          return answerUnauthorized(call, credential, response, next, clock).then(explained);
        }
        return status === 403 || status === 410 ? explained(response) : response;
      });

    return function auth(call) {
      try {
        const credential = call.provider.credential(call);
        // The deadline and the signal hold for whatever a provider waits for.
        return isPromise(credential)
          ? waitFor(credential, call, clock).then((found) => send(call, found))
          : send(call, credential);
      } catch (error) {
        return Promise.reject(error);
      }
    };
  },
});

const explained = (response: Response): Response => {
  if (!response.ok) offerExplanation(response, explainAuthFailure);
  return response;
};

const answerUnauthorized = async (
  call: AttemptCall,
  credential: Credential | undefined,
  response: Response,
  next: Handler<AuthenticatedCall>,
  clock: Clock,
): Promise<Response> => {
  const isUser = call.principal.kind === 'user';
  if (credential === undefined) return isUser ? needsAuthentication(call, response) : response;
  const { provider } = call;
  const isExpired = credential.expiresAt !== undefined && credential.expiresAt <= clock.now();
  // Nothing could come of it: the body stays untouched.
  if (provider.renew === undefined && !(isUser && isExpired)) return response;
  if (await isScopeMismatch(response, clock)) return response;
  if (provider.renew === undefined) return needsAuthentication(call, response);

  const renewed = await renewOrCancel(call, credential, response, clock);
  if (renewed === 'unchanged') return response;
  if (renewed === undefined) return isUser ? needsAuthentication(call, response) : response;
  discardBody(response);
  if (!isReplayable(call.body)) {
    throw new BodyNotReplayableError(
      'The credential had expired and was renewed, but the body is a stream that was used. Send the request again with a new one.',
      { template: call.template, attempts: call.attempt },
    );
  }
  return next({ ...call, credential: renewed });
};

const renewOrCancel = async (
  call: AttemptCall,
  rejected: Credential,
  response: Response,
  clock: Clock,
): Promise<Credential | 'unchanged' | undefined> => {
  try {
    call.signal?.throwIfAborted();
    const renewing = call.provider.renew?.(call, rejected, response);
    const renewed = renewing && (await waitFor(renewing, call, clock));
    call.signal?.throwIfAborted();
    return renewed;
  } catch (error) {
    discardBody(response);
    throw error;
  }
};

const needsAuthentication = (call: AttemptCall, response: Response): never => {
  discardBody(response);
  throw new NeedsAuthenticationError({ template: call.template, attempts: call.attempt });
};
