import {
  type BodyInput,
  type HeadersInput,
  isUnderBase,
  normaliseBase,
  OutOfBaseError,
  RequestError,
  type RequestOptions,
} from '@tributary/pipeline';
import type { Route } from '@tributary/route';
import type { PassedOptions, RequestsConfluence } from '../answers/requests-confluence.js';
import { withHeaders } from '../answers/with-headers.js';
import { checkedRoute, refuseManipulation } from './checked-route.js';
import { bodyOf } from './request-body.js';

export interface ToFetchOptions {
  /**
   * The site's URL (Data Center's with its context path), and any other that stands for it, such as its
   * base at the gateway: absolute URLs below one are taken, and their paths are called. It needn't be where
   * the calls go to. Default none: paths only.
   */
  readonly base?: string | readonly string[];
  /** For every call: `timeout`, `retry` and the like; headers that a request brings win. */
  readonly request?: PassedOptions;
}

/** What fetch is called with, and all that is used of it. */
export type FetchFunction = (
  input: string | URL | Request,
  init?: RequestInit,
) => Promise<Response>;

const pathUnder = (text: string, bases: readonly string[]): string => {
  if (text.startsWith('/')) return text;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) {
    throw new RequestError('input', 'must be a path that begins with /, or an absolute URL');
  }
  if (bases.length === 0) {
    throw new RequestError(
      'input',
      'is an absolute URL; give toFetch the `base` that such URLs begin with',
    );
  }
  const base = bases.find((candidate) => isUnderBase(url, candidate));
  if (base === undefined) {
    throw new OutOfBaseError(
      'The URL lies under none of the bases that this fetch was made for; it was not called.',
    );
  }
  // As it was given: the URL parser has done away with what is looked for.
  refuseManipulation(text.replace(/^[^:/?#]+:\/\/[^/\\?#]*/, ''));
  return `/${url.href.slice(base.length)}`;
};

const optionsOf = async (
  input: string | URL | Request,
  init: RequestInit,
  passed: PassedOptions | undefined,
): Promise<RequestOptions> => {
  const request = input instanceof Request ? input : undefined;
  const method = init.method ?? request?.method ?? 'GET';
  const headers = init.headers ?? request?.headers;
  const signal = init.signal === undefined ? request?.signal : init.signal;
  const body = init.body === undefined && request ? await bodyOf(request) : init.body;
  const redirect = init.redirect ?? request?.redirect;
  return {
    ...passed,
    method,
    headers: withHeaders(passed?.headers, headers as HeadersInput | undefined),
    ...(signal && { signal }),
    ...(body !== undefined && body !== null && { body: body as BodyInput }),
    ...(redirect !== undefined && { redirect }),
  };
};

/**
 * A standard fetch that runs through the chain: credential, consent, retry and budget as for any other
 * call. It takes a path, or a URL below `base`; a path that could mean another one is refused. A small
 * body of a Request is read first, so that it can be sent again.
 * @throws ConfigError at once for a base that is none. Rejects with RequestError, RouteError or
 *   OutOfBaseError for what it refuses, and with whatever a call rejects with
 */
export const toFetch = (
  api: RequestsConfluence,
  { base = [], request: passed }: ToFetchOptions = {},
): FetchFunction => {
  const bases = [base].flat().map((url) => normaliseBase(url, 'base'));
  return async function fetch(input, init = {}) {
    const text = input instanceof Request ? input.url : String(input);
    const path: Route = checkedRoute(pathUnder(text, bases));
    return api.requestConfluence(path, await optionsOf(input, init, passed));
  };
};
