import { RequestError } from '@tributary/pipeline';
import { type Route, RouteError } from '@tributary/route';
import { checkedRoute } from '@tributary/transport/interop';

/** Not an escape: Forge leaves it raw, and a server would refuse the whole path. */
const STRAY_PERCENT = /%(?![\da-f]{2})/gi;

/** Path and what follows it. */
const splitPath = (text: string): [path: string, rest: string] => {
  const at = text.search(/[?#]/);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
};

/**
 * A path that came as text: who put it together is not known, so that nothing in it may lead elsewhere,
 * also where a server decodes it once more than it should. Empty segments are the app's own affair.
 * @param encodedSlashes whether names in it may hold slashes, as branches and files do
 * @throws RouteError in Forge's words; RequestError where it is no text
 */
export const checkedPath = (path: unknown, encodedSlashes = false): Route => {
  if (typeof path !== 'string') throw new RequestError('path', 'must be a string');
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(path)) {
    throw refusal('the path is an absolute URL; routeFromAbsolute() takes the path of one');
  }
  const [before, rest] = splitPath(path);
  const text = `${before.startsWith('/') ? '' : '/'}${before.replace(STRAY_PERCENT, '%25')}${rest}`;
  try {
    return checkedRoute(text, { emptySegments: true, encodedSlashes });
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    throw refusal(error.message.replace(/^input:/, 'the path'));
  }
};

const refusal = (reason: string): RouteError => new RouteError('ROUTE_PATH_MANIPULATION', reason);
