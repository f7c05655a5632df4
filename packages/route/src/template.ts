import { encodePath } from './path-encoding.js';
import { refuse } from './route-error.js';

/** What is known of a call site before any parameter is looked at. */
export interface Template {
  /** The literal text as the URL parser will read it: nothing it would strip, nothing after `#`. */
  readonly literals: readonly string[];
  /** The literals before the `?`, the last one up to it. */
  readonly paths: readonly string[];
  /** The path with each parameter as `{}`. */
  readonly display: string;
  /** Whether harmless words can be put between the literals without a look at the joins. */
  readonly isPlain: boolean;
}

// Keyed by the strings object, of which the language makes one per call site.
const templates = new WeakMap<object, Template>();

/**
 * The analysis of a call site, done on its first call.
 * @throws RouteError `ROUTE_TEMPLATE`: `route` was called as a function, or an escape sequence in
 * the template is not valid.
 */
export function templateOf(strings: TemplateStringsArray): Template {
  return templates.get(strings) ?? analyse(strings);
}

function analyse(strings: TemplateStringsArray): Template {
  // Frozen, as the language makes them: JSON can't bring one in, and the cache stays right.
  // An invalid escape sequence such as \u{ leaves undefined behind.
  const isTagged = [strings, strings?.raw].every(
    (list: readonly unknown[]) =>
      Array.isArray(list) && Object.isFrozen(list) && !list.includes(undefined),
  );
  if (!isTagged) refuse('ROUTE_TEMPLATE', 'write route`/x`, not route()');
  // Joined by a character that cleanText took out of them.
  const text = strings
    .map(cleanText)
    .join('\n')
    // A fragment is never sent, blanks at the ends neither.
    .replace(/#.*|^[^\n!-\uffff]+|[^\n!-\uffff]+$/gs, '');
  const [path] = splitQuery(text);
  const paths = withSlashes(path).split('\n');
  const encoded = paths.map(encodePath);
  const display = encoded.join('{}');
  const template = {
    literals: text.split('\n'),
    paths,
    display,
    isPlain: /^\/(?!\/)/.test(display) && encoded.join('\n') === path,
  };
  templates.set(strings, template);
  return template;
}

/** Text of an author without what the URL parser removes or replaces anywhere. */
function cleanText(text: string): string {
  return text.toWellFormed().replace(/[\t\n\r]/g, '');
}

/** In http and https URLs the parser reads `\` in a path as `/`. */
export function withSlashes(path: string): string {
  return path.replaceAll('\\', '/');
}

/** Path and query; the query keeps its `?`. */
export function splitQuery(text: string): [path: string, query: string] {
  const at = text.indexOf('?');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at)];
}
