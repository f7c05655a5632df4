import { assumeTrustedRoute as trustedRoute } from '@tributary/route';
import { isStrict, warn } from './current-platform.js';
import type { Route } from './fetch-types.js';
import { checkPath, MANIPULATION, type PathPiece } from './path-check.js';
import { createRoute, isRoute } from './route-object.js';
import { strictRoute } from './strict-route.js';

// What Forge refuses in a path parameter: separators, and two dots of which each may be encoded.
const FORBIDDEN = /[/\\?#]|(?:\.|%2e){2}/i;

/**
 * Forge's `route`, as a template tag: `` route`/wiki/api/v2/pages/${id}?limit=${limit}` ``. Its `value` is
 * the text that Forge's has: path parameters as they are, query parameters by `encodeURIComponent`.
 * @throws Error in Forge's words, where a parameter would change the path; also where it would only in
 *   the eyes of a URL parser, or after one more percent-decode, which Forge overlooks
 * @throws RouteError for all that `@tributary/route` refuses, under `strictRoutes`
 */
export function route(
  template: TemplateStringsArray,
  ...parameters: (string | number | URLSearchParams | Route)[]
): Route {
  if (isStrict()) return strictRoute(template, parameters);
  if (typeof template === 'string') {
    warn(
      "route('…') was called as a function: Forge sends the first character of the text and nothing else. Write route`…`.",
    );
  }
  const pieces: PathPiece[] = [];
  let query = '';
  let isInPath = true;
  for (let i = 0; i < template.length; i++) {
    const literal = template[i] as string;
    const end = isInPath ? literal.search(/[?#]/) : 0;
    if (isInPath) pieces.push({ kind: 'literal', text: end < 0 ? literal : literal.slice(0, end) });
    if (end >= 0) {
      query += literal.slice(end);
      isInPath = false;
    }
    if (i >= parameters.length) break;
    if (isInPath) pieces.push(pathPiece(parameters[i]));
    else query += queryText(parameters[i]);
  }
  checkPath(uptoQuery(pieces));
  return createRoute(pieces.map(({ text }) => text).join('') + query);
}

/** A Route from a path that you vouch for, as `_links.next` is. The platform checks it before it leaves. */
export const assumeTrustedRoute = (route: string): Route =>
  isStrict() ? trustedRoute(route) : createRoute(route);

/**
 * Path and query of an absolute URL: which host is called is decided by the site alone.
 * @throws TypeError where it is no absolute URL
 */
export const routeFromAbsolute = (absolutePath: string): Route => {
  const { pathname, search } = new URL(absolutePath);
  return assumeTrustedRoute(pathname + search);
};

const pathPiece = (parameter: unknown): PathPiece => {
  if (isRoute(parameter)) return { kind: 'route', text: parameter.value };
  const text = String(parameter);
  if (FORBIDDEN.test(text)) throw new Error(MANIPULATION);
  return { kind: 'parameter', text, oddity: oddityOf(parameter, text) };
};

const oddityOf = (parameter: unknown, text: string): string | undefined => {
  if (parameter === undefined || parameter === null) return text;
  if (Array.isArray(parameter)) return 'a list';
  return /^\[object .*]$/s.test(text) ? 'an object' : undefined;
};

const queryText = (parameter: unknown): string => {
  if (isRoute(parameter)) return encodeURIComponent(parameter.value);
  if (parameter instanceof URLSearchParams) return parameter.toString();
  // Throws for a symbol and for half a character, as in Forge.
  return encodeURIComponent(parameter as string);
};

/** What follows a nested Route with a query is no part of the path, though Forge inserts it as if it were. */
const uptoQuery = (pieces: readonly PathPiece[]): readonly PathPiece[] => {
  const at = pieces.findIndex(({ text }) => /[?#]/.test(text));
  if (at < 0) return pieces;
  const { kind, text } = pieces[at] as PathPiece;
  return [...pieces.slice(0, at), { kind, text: text.slice(0, text.search(/[?#]/)) }];
};
