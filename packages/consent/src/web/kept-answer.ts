import { discardBody } from '@tributary/pipeline';
import { readUpTo } from './bounded-body.js';
import { PRIVATE, seeOther } from './html/page.js';
import { BODY_CAP } from './kept-request.js';
import { answerUrl } from './page-urls.js';
import type { Parts } from './parts.js';
import type { Rerun } from './reruns.js';

/** Of one connection or one answer only (RFC 9110, section 7.6.1), or set anew. */
const DROPPED =
  /^(?:set-cookie|cache-control|content-length|connection|keep-alive|transfer-encoding|upgrade|trailer|date|etag|last-modified|expires)$/;

/**
 * The answer of a request that was run again, as the answer to a GET: a redirect stays one, and
 * everything else is kept for the one GET that a 303 leads to.
 */
export const keepAnswer = async (
  parts: Parts,
  rerun: Rerun,
  response: Response,
): Promise<Response> => {
  const { settings, records } = parts;
  const location = response.headers.get('location');
  if (response.status >= 300 && response.status < 400 && location !== null) {
    await discardBody(response);
    // As the browser would have read it: against the address that was sent to.
    const redirect = seeOther(new URL(location, settings.origin + rerun.target));
    parts.cookies.clear(redirect.headers, rerun.consentId);
    return withCookiesOf(response, redirect);
  }
  const read = await readUpTo(response.body, BODY_CAP);
  if ('rest' in read) return givenAtOnce(parts, rerun, response, read.rest);
  const body = read.whole;
  const headers = [...response.headers].filter(([name]) => !DROPPED.test(name));
  const { status } = response;
  const { userId, browser, consentId } = rerun;
  try {
    await records.keepAnswer(consentId, { userId, browser, status, headers, body });
  } catch {
    // What was sent has been done; that its answer can't be kept is no reason to say otherwise.
    return givenAtOnce(parts, rerun, response, isEmpty(status) ? null : body);
  }
  return withCookiesOf(response, seeOther(answerUrl(settings, consentId)));
};

/** Too large to be kept. A reload of this finds that the request was run already. */
const givenAtOnce = (
  { cookies }: Parts,
  { consentId }: Rerun,
  response: Response,
  body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null,
): Response => {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(PRIVATE)) headers.set(name, value);
  cookies.clear(headers, consentId);
  return new Response(body, { status: response.status, headers });
};

/** Statuses of answers without a body; a browser stays where it is for these. */
export const isEmpty = (status: number): boolean =>
  status === 204 || status === 205 || status === 304;

const withCookiesOf = (from: Response, to: Response): Response => {
  for (const cookie of from.headers.getSetCookie()) to.headers.append('set-cookie', cookie);
  return to;
};
