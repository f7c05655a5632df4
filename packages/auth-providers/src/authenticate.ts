import {
  type AttemptCall,
  type AuthenticatedCall,
  type Clock,
  type Credential,
  type Middleware,
  offerExplanation,
  systemClock,
} from '@tributary/pipeline';
import { explainAuthFailure } from './explain/explain-auth-failure.js';
import { isPromise } from './is-promise.js';
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
          // Loaded with the first 401; where it can't be, the caller has the answer as it came.
          const answered = import('./answer-unauthorized.js').then(
            ({ answerUnauthorized }) => answerUnauthorized(call, credential, response, next, clock),
            () => response,
          );
          return answered.then(explained);
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
