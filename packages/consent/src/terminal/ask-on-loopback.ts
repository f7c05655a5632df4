import {
  type AuthorizationFlow,
  AuthorizationServerError,
  ConsentError,
  type ConsentRequest,
  type PendingAuthorization,
} from '@tributary/pipeline';
import { orAborted } from '../time-limit.js';
import { type Announcement, announce } from './announce.js';
import { type Arrival, CallbackInbox } from './callback-inbox.js';
import { listenOnLoopback } from './loopback-listener.js';
import { deniedPage, donePage, failedPage } from './pages.js';

export interface LoopbackRoundOptions extends Announcement {
  readonly signal: AbortSignal;
}

/**
 * One round of asking. The listener is there before the browser opens, and is gone when this settles,
 * however it settles.
 */
export const askOnLoopback = async (
  { site, flow }: ConsentRequest,
  options: LoopbackRoundOptions,
): Promise<void> => {
  const { signal } = options;
  signal.throwIfAborted();
  const inbox = new CallbackInbox();
  let isWaiting = true;
  const listener = await listenOnLoopback(flow, inbox.receive);
  try {
    const started = flow.start(
      flow.allowsAnyLoopbackPort ? { redirectUri: listener.redirectUri.href } : undefined,
    );
    const pending = await orAborted(started, signal);
    const arrived = inbox.expect({ redirectUri: listener.redirectUri, state: pending.state });
    const cantOpen = announce(pending, site, { ...options, isWaiting: () => isWaiting });
    const arrival = await orAborted(Promise.race([arrived, cantOpen]), signal);
    isWaiting = false;
    await settle(flow, pending, arrival, signal);
  } finally {
    isWaiting = false;
    await listener.close();
  }
};

/** The page waits for the exchange, so that it never says "done" of a grant that isn't stored. */
const settle = async (
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
