import { localUrl } from './local-url.js';

/** What is kept of a request that is to be run again. Neither Cookie nor Authorization ever is. */
export interface KeptRequest {
  readonly method: string;
  /** Path and query, on our own origin. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** More is not kept; the person is asked to send it again. */
export const BODY_CAP = 1024 * 1024;

/** Where the request came from is kept too, so that the app's own check of it says the same again. */
const KEPT = ['content-type', 'accept', 'accept-language', 'origin', 'sec-fetch-site'] as const;

/** Of the request that resumes, what described its own content or what it wanted. */
const DROPPED =
  /^(?:content-.*|accept(?:-.*)?|origin|referer|sec-.*|if-.*|range|expect|te|trailer|transfer-encoding|upgrade.*|connection|keep-alive)$/;

export const targetOf = (request: Request): string => {
  const { pathname, search } = new URL(request.url);
  return pathname + search;
};

export const keptHeaders = (request: Request): Record<string, string> => {
  const kept: Record<string, string> = {};
  for (const name of KEPT) {
    const value = request.headers.get(name);
    if (value !== null) kept[name] = value;
  }
  return kept;
};

/** The kept request, as the person who resumes it sends it now. */
export const rebuild = (kept: KeptRequest, origin: string, resuming: Request): Request => {
  const headers = new Headers();
  for (const [name, value] of resuming.headers)
    if (!DROPPED.test(name)) headers.append(name, value);
  for (const [name, value] of Object.entries(kept.headers)) headers.set(name, value);
  if (kept.body !== undefined) headers.set('content-length', String(kept.body.byteLength));
  const url = localUrl(origin, kept.target) ?? new URL(origin);
  return new Request(url, {
    method: kept.method,
    headers,
    ...(kept.body !== undefined && { body: kept.body }),
  });
};

/** Whether the browser says that another site's page sent it: such a request is never run again. */
export const isForeign = (request: Request, origin: string): boolean => {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site !== 'same-origin' && site !== 'none';
  const from = request.headers.get('origin');
  return from !== null && from !== origin;
};
