import { parameterText } from './parameter-text.js';
import { checkPieces } from './path-check.js';
import { encodePath } from './path-encoding.js';
import { addQuery } from './query.js';
import { createRoute, isRoute, type Route, sourceOf } from './route-object.js';
import { splitQuery, type Template } from './template.js';

/**
 * Puts a route together piece by piece and checks that its parameters leave the path's structure
 * as it would be with a plain word in the place of each: the careful way, for whatever is not a
 * plain word itself.
 * @throws RouteError
 */
export function carefulRoute(template: Template, parameters: readonly unknown[]): Route {
  const { literals, paths } = template;
  // Literals hold no braces any more: they are encoded.
  const shown = template.display.split('{}');
  const pieces: string[] = [];
  const words: string[] = [];
  let display = '';
  let query = '';
  let next = 0;
  const add = (piece: string, word: string, show: string | undefined) => {
    pieces.push(piece);
    words.push(word);
    display += show;
  };

  for (;;) {
    const literal = paths[next] as string;
    add(literal, literal, shown[next]);
    if (next === paths.length - 1) {
      query = (literals[next] as string).slice(literal.length);
      break;
    }
    let parameter = parameters[next];
    if (isRoute(parameter)) {
      const [path, nested] = splitQuery(sourceOf(parameter));
      // Checked when it was made. What is left is what its ends make with their neighbours.
      add(path, path.replace(/^(\/?)(.+?)(\/?)$/s, '$1x$2x$3'), parameter.template);
      query = nested;
    } else {
      // Joined by commas, an array would pass for an id.
      if (Array.isArray(parameter)) parameter = null;
      add(parameterText(parameter, next, template.display), 'x', '{}');
    }
    next++;
    if (query !== '') {
      // Nothing gets out of the query that a nested Route opened.
      query += literals[next];
      break;
    }
  }
  const path = checkPieces(pieces, words, display, query);
  query = addQuery(query, template, next, parameters);
  return createRoute(encodePath(path) + query, display, path + query);
}
