import { readUpTo } from './bounded-body.js';

const FORM = 'application/x-www-form-urlencoded';
const CAP = 16_384;

/**
 * The fields of a form of our own page; `undefined` for everything else. A page without referrer sends
 * `Origin: null` (Fetch, "append a request Origin header"), so that Sec-Fetch-Site and the token decide.
 */
export const readBoundedForm = async (
  request: Request,
  origin: string,
): Promise<URLSearchParams | undefined> => {
  const from = request.headers.get('origin');
  if (from !== null && from !== 'null' && from !== origin) return undefined;
  const site = request.headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin') return undefined;
  const type = request.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  if (type !== FORM) return undefined;
  const read = await readUpTo(request.body, CAP);
  if ('whole' in read) return new URLSearchParams(new TextDecoder().decode(read.whole));
  await read.rest.cancel();
  return undefined;
};
