import { RequestError } from '@tributary/pipeline';
import { assumeTrustedRoute, type Route, route } from '@tributary/route';
import { templateOf } from './template-of.js';

const NOWHERE = 'https://nowhere.invalid';

/** What the URL parser would quietly do away with: dot segments, backslashes, and what it strips. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const NORMALISED = /(?:^|\/)(?:\.|%2e){1,2}(?:\/|$)|[\\\0-\x1f]/i;

const refuse = (reason: string): never => {
  throw new RequestError('input', reason);
};

/** @throws RequestError when a path as it was given would become another one by parsing alone. */
export const refuseManipulation = (text: string): void => {
  const path = /^[^?#]*/.exec(text)?.[0] ?? '';
  if (NORMALISED.test(path)) refuse('holds a dot segment, a backslash or a control character');
};

/** More segments than any endpoint has. */
const MOST_SEGMENTS = 40;

/** One template a number of segments, as if it stood in the code: `route` keeps what it knows by template. */
const templates = new Map<number, TemplateStringsArray>();

const templateFor = (segments: number): TemplateStringsArray => {
  const known = templates.get(segments);
  if (known !== undefined) return known;
  const literals = Array.from({ length: segments + 1 }, (_, at) => (at < segments ? '/' : ''));
  const strings = Object.freeze(
    Object.assign([...literals], { raw: Object.freeze([...literals]) }),
  ) as TemplateStringsArray;
  templates.set(segments, strings);
  return strings;
};

const decode = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return refuse('holds a percent-escape that is none');
  }
};

export interface CheckedRouteOptions {
  /** Let segments be empty, as an id that is none leaves them; the first may not. Default false. */
  readonly emptySegments?: boolean;
  /** Take a slash that is encoded as a part of a name, such as a branch's; each side is checked. Default false. */
  readonly encodedSlashes?: boolean;
}

/**
 * A Route from a path that another client has put together: each segment is held to what `route` demands
 * of a parameter, since an id in it may be somebody's input. What is sent is what was given.
 * @param text path and query
 * @throws RequestError, RouteError
 */
export const checkedRoute = (
  text: string,
  { emptySegments = false, encodedSlashes = false }: CheckedRouteOptions = {},
): Route => {
  refuseManipulation(text);
  if (!/^\/(?!\/)/.test(text)) refuse('must be a path that begins with one slash');
  const { pathname, search } = new URL(NOWHERE + text);
  const path = encodedSlashes ? pathname.replace(/%2f/gi, '/') : pathname;
  const given = path.slice(1).split('/');
  if (given.at(-1) === '') given.pop();
  if (given.length > MOST_SEGMENTS) refuse('has too many segments');
  const segments = given.filter((segment) => segment !== '');
  if (!emptySegments && segments.length < given.length) refuse('holds an empty segment');
  if (segments.length > 0) route(templateFor(segments.length), ...segments.map(decode));
  return assumeTrustedRoute(pathname + search, { template: templateOf(pathname) });
};
