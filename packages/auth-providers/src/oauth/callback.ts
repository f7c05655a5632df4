import { ConsentError, escapeControl, type PendingAuthorization } from '@tributary/pipeline';
import { isSameText } from '../same-text.js';
import type { PromisesIssuer } from './issuer-promise.js';

const NEXT = 'Nothing was stored; start again.';

/**
 * Checks what came to the redirect URI against what was asked (RFC 6749, section 4.1.2; RFC 9207).
 * State first: without it nothing else of the callback is believed, an error neither.
 * @throws ConsentError; AuthorizationServerError where the server can't be asked what it promises
 */
export const checkCallback = async (
  pending: PendingAuthorization,
  callback: URLSearchParams,
  promisesIssuer: PromisesIssuer,
): Promise<void> => {
  const refuse = (what: string): never => {
    throw new ConsentError('CONSENT_CALLBACK', `${what} ${NEXT}`);
  };
  const only = (name: string): string | undefined => {
    const values = callback.getAll(name);
    if (values.length > 1) refuse(`The callback has ${name} more than once.`);
    return values[0];
  };
  const state = only('state');
  if (state === undefined || !isSameText(state, pending.state)) {
    refuse('The callback belongs to another request: its state differs.');
  }
  const issuer = only('iss');
  if (issuer !== undefined && issuer.replace(/\/$/, '') !== pending.issuer) {
    refuse('The callback comes from another authorization server: its iss differs.');
  }
  if (issuer === undefined && (await promisesIssuer())) {
    refuse('The callback has no iss, which the authorization server promises to send.');
  }
  const error = only('error');
  if (error === 'access_denied') {
    throw new ConsentError('CONSENT_DENIED', 'The user said no; nothing was granted.');
  }
  if (error !== undefined) {
    const words = [error, only('error_description')].filter((part) => part !== undefined);
    refuse(
      `The authorization server answered with ${escapeControl(words.join(': ')).slice(0, 300)}.`,
    );
  }
  if (only('code') === undefined) refuse('The callback has no code.');
};
