import { type CallBody, isLoopback, isReplayable, isUnderBase } from '@tributary/pipeline';
import { isPrivateHost } from './private-host.js';

/**
 * How much of the request a hop may see: all of it under the base, everything but the credential on
 * the base's origin, next to nothing elsewhere.
 */
export type Exposure = 'full' | 'no-credential' | 'bare';

/** A request that was answered with a redirect. */
export interface Redirected {
  readonly base: string;
  /** Where the request went. */
  readonly url: string;
  readonly method: string;
  readonly body: CallBody | undefined;
  readonly exposure: Exposure;
  readonly status: number;
  readonly location: string;
}

export interface NextHop {
  readonly url: URL;
  readonly method: string;
  readonly body: CallBody | undefined;
  readonly exposure: Exposure;
}

/** The hop to make, or why it is not made. */
export type RedirectDecision =
  | { readonly hop: NextHop; readonly refusal?: never }
  | { readonly refusal: string; readonly hop?: never };

const isRead = (method: string): boolean => method === 'GET' || method === 'HEAD';

const RANK: Readonly<Record<Exposure, number>> = { full: 0, 'no-credential': 1, bare: 2 };

/** What was dropped on the way is never added again, also when a later hop comes back to the base. */
const exposureOf = (url: URL, { base, exposure }: Redirected): Exposure => {
  const here: Exposure = isUnderBase(url, base)
    ? 'full'
    : url.origin === new URL(base).origin
      ? 'no-credential'
      : 'bare';
  return RANK[here] > RANK[exposure] ? here : exposure;
};

const targetOf = ({ location, url }: Redirected): URL | undefined => {
  if (!URL.canParse(location, url)) return undefined;
  const target = new URL(location, url);
  target.hash = '';
  return target;
};

const refuseTarget = (url: URL, base: URL): string | undefined => {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'to something that is not http';
  if (url.username !== '' || url.password !== '') return 'to a URL with a user name or password';
  if (url.origin === base.origin) return undefined;
  if (url.protocol === 'http:' && !isLoopback(base.hostname)) return 'from https to http';
  if (isPrivateHost(url.hostname) && !isPrivateHost(base.hostname)) {
    return 'from a public site to a loopback, private or link-local host';
  }
  return undefined;
};

/** Method and body of the next request; `undefined` where it would repeat a write blindly. */
const carry = (
  { method, body, status }: Redirected,
  exposure: Exposure,
): Pick<NextHop, 'method' | 'body'> | undefined => {
  if (isRead(method)) return { method, body };
  if (status === 303) return { method: 'GET', body: undefined };
  const keepsMethod = status === 307 || status === 308;
  return keepsMethod && exposure === 'full' && isReplayable(body) ? { method, body } : undefined;
};

/**
 * Where a redirect leads, and what goes along: DESIGN.md, "Providers and grants". Pure.
 * The target is a secret (media URLs hold a token), so that a refusal doesn't name it.
 */
export const decideRedirect = (from: Redirected): RedirectDecision => {
  const url = targetOf(from);
  if (url === undefined) return { refusal: 'to something that is no URL' };
  const refusal = refuseTarget(url, new URL(from.base));
  if (refusal !== undefined) return { refusal };
  const exposure = exposureOf(url, from);
  const next = carry(from, exposure);
  if (next === undefined) {
    return { refusal: `with ${from.status}, and repeating a ${from.method} there is not safe` };
  }
  return { hop: { url, exposure, ...next } };
};
