import { OutOfBaseError } from '../errors/request-errors.js';
import { revealSecret } from '../secrets/secret.js';
import { urlUnderBase } from './base.js';
import type { AuthenticatedCall } from './call.js';

/** What a terminal needs of a call before it opens a socket. */
export interface Outgoing {
  readonly url: URL;
  /** The `Authorization` header's value: the credential's, or the caller's own, or none. */
  readonly authorization: string | undefined;
}

/**
 * The last check before the wire, to be made by every terminal, since a middleware may have rewritten
 * path and base: the URL lies under the base, and the credential belongs to that base.
 * @throws OutOfBaseError
 */
export const openCall = (call: AuthenticatedCall): Outgoing => {
  const { credential, base } = call;
  if (credential !== undefined && credential.base !== base) {
    throw new OutOfBaseError(
      'The credential belongs to another base URL than the call goes to.',
      call.template,
    );
  }
  return {
    url: urlUnderBase(base, call.path, call.template),
    authorization:
      credential === undefined
        ? call.headers.authorization
        : revealSecret(credential.authorization),
  };
};
