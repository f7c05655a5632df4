import { carefulRoute } from './careful-route.js';
import { addQuery } from './query.js';
import { createRoute, type Route } from './route-object.js';
import { templateOf } from './template.js';
import { isWord } from './word.js';

/**
 * What a parameter may be: text, numbers, and objects with a `toString` of their own. In the path,
 * `null`, `undefined` and arrays are refused at run time.
 */
export type RouteParameter =
  | string
  | number
  | boolean
  | bigint
  | Route
  | URLSearchParams
  | (object & { toString(): string; readonly call?: never })
  | null
  | undefined;

/**
 * Builds a path safely, as a template tag: `` route`/wiki/api/v2/pages/${id}?limit=${limit}` ``.
 *
 * Before the `?`, a parameter is one part of one segment: percent-encoded by the WHATWG URL path
 * percent-encode set, and refused when it could change the path's structure, alone or together
 * with its neighbours, now or after one more percent-decode. A nested Route goes in as it is.
 * After the `?`, a parameter is encoded by `encodeURIComponent`; a `URLSearchParams` stands for
 * its parameters.
 *
 * @throws RouteError `ROUTE_PATH_MANIPULATION`, `ROUTE_PARAMETER_TYPE`,
 * `ROUTE_PARAMETER_ENCODING`, `ROUTE_TEMPLATE`
 */
export function route(strings: TemplateStringsArray, ...parameters: RouteParameter[]): Route {
  const template = templateOf(strings);
  if (!template.isPlain) return carefulRoute(template, parameters);
  const { literals, paths, display } = template;
  let text = literals[0] as string;
  let next = 0;
  while (next < paths.length - 1) {
    const parameter = parameters[next];
    if (!isWord(parameter)) return carefulRoute(template, parameters);
    text += parameter;
    text += literals[++next];
  }
  return createRoute(addQuery(text, template, next, parameters), display);
}
