import { OutOfBaseError } from '../errors/request-errors.js';
import { revealSecret } from '../secrets/secret.js';
import { isLoopback, urlUnderBase } from './base.js';
import type { AuthenticatedCall } from './call.js';

/** What a terminal needs of a call before it opens a socket. */
export interface Outgoing {
  readonly url: URL;
  /** The `Authorization` header's value: the credential's, or the caller's own, or none. */
  readonly authorization: string | undefined;
}

const isPrivate = (url: URL): boolean => url.protocol === 'https:' || isLoopback(url.hostname);

/**
 * The last check before the wire, to be made by every terminal, since a middleware may have rewritten
 * path and base: the URL lies under the base, the credential belongs to that base, and nobody on the
 * way can read it.
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
  const url = urlUnderBase(base, call.path, call.template);
  const authorization =
    credential === undefined ? call.headers.authorization : revealSecret(credential.authorization);
  if (authorization !== undefined && !isPrivate(url)) {
    throw new OutOfBaseError(
      'Credentials are sent over https only (http: to loopback only).',
      call.template,
    );
  }
  return { url, authorization };
};
