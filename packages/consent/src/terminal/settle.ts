import {
  type AuthorizationFlow,
  AuthorizationServerError,
  ConsentError,
  type PendingAuthorization,
} from '@tributary/pipeline';
import { orAborted } from '../time-limit.js';
import type { Arrival } from './callback-inbox.js';
import { deniedPage, donePage, failedPage } from './pages.js';

/** The page waits for the exchange, so that it never says "done" of a grant that isn't stored. */
export const settle = async (
  flow: AuthorizationFlow,
  pending: PendingAuthorization,
  { params, answer }: Arrival,
  signal: AbortSignal,
): Promise<void> => {
  try {
    await orAborted(flow.complete(pending, params, { signal }), signal);
    requireCode(params);
  } catch (reason) {
    const error = asDenial(reason);
    await answer(isDenial(error) ? deniedPage() : failedPage(error));
    throw error;
  }
  await answer(donePage());
};

/** For a flow that overlooks the server's `error` (RFC 6749, section 4.1.2.1). */
const requireCode = (params: URLSearchParams): void => {
  if (!params.has('error')) return;
  throw params.get('error') === 'access_denied'
    ? denied()
    : new ConsentError('CONSENT_CALLBACK', 'The authorization server answered with an error.');
};

const denied = (cause?: unknown): ConsentError =>
  new ConsentError('CONSENT_DENIED', 'Access was not granted: the request was denied.', { cause });

const isDenial = (error: unknown): boolean =>
  error instanceof ConsentError && error.code === 'CONSENT_DENIED';

const asDenial = (error: unknown): unknown =>
  error instanceof AuthorizationServerError && error.error === 'access_denied'
    ? denied(error)
    : error;
