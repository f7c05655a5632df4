import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What the authorization server's answer has to look like. */
export interface ExpectedCallback {
  readonly redirectUri: URL;
  readonly state: string;
}

export type JudgedRequest =
  | { readonly params: URLSearchParams }
  | { readonly status: 400 | 404; readonly reason: string };

const refuse = (reason: string) => ({ status: 400, reason }) as const;

/** The parameters of the answer that was asked for, or why this is something else. */
export const judgeRequest = (
  request: Pick<IncomingMessage, 'method' | 'url' | 'headersDistinct'>,
  { redirectUri, state }: ExpectedCallback,
): JudgedRequest => {
  const hosts = request.headersDistinct.host ?? [];
  // A page of another site that rebinds its name to loopback sends that name.
  if (hosts.length !== 1 || hosts[0]?.toLowerCase() !== redirectUri.host) {
    return refuse('This is not the address that was registered.');
  }
  // Compared as it came: an absolute target or a dot segment never equals it.
  const [path = '', search = ''] = splitOnce(request.url ?? '', '?');
  if (path === '/favicon.ico') return { status: 404, reason: 'There is no icon.' };
  if (path !== redirectUri.pathname) return refuse('There is nothing at this path.');
  // HEAD too: link checkers must not spend the code.
  if (request.method !== 'GET') return refuse('Only GET is answered here.');

  const params = new URLSearchParams(search);
  const [given, ...more] = params.getAll('state');
  if (given === undefined || more.length > 0 || !isSame(given, state)) {
    return refuse('This answer belongs to another request. Start again from the terminal.');
  }
  if (!params.has('code') && !params.has('error')) {
    return refuse('This answer holds neither a code nor an error.');
  }
  return { params };
};

const splitOnce = (text: string, separator: string): readonly string[] => {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};

/** In constant time, since any program on the machine may guess here (RFC 8252, section 8.3). */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
