import {
  type AttemptCall,
  type AuthenticatedCall,
  BodyNotReplayableError,
  type Clock,
  type Credential,
  discardBody,
  type Handler,
  isReplayable,
  NeedsAuthenticationError,
} from '@tributary/pipeline';
import { isScopeMismatch } from './scope-mismatch.js';
import { waitFor } from './wait-for.js';

/**
 * What comes of a 401: the answer to the same request with a renewed credential, or the 401 itself.
 * @throws NeedsAuthenticationError where the user has to grant access; BodyNotReplayableError where the
 *   credential was renewed and the body is used up.
 */
export const answerUnauthorized = async (
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
