import { parameterText, searchParamsText } from './parameter-text.js';
import { isRoute, sourceOf } from './route-object.js';
import type { Template } from './template.js';
import { isWord } from './word.js';

/**
 * `text` and the parameters from `next` on, each with the literal after it.
 * @throws RouteError `ROUTE_PARAMETER_TYPE`, `ROUTE_PARAMETER_ENCODING`
 */
export function addQuery(
  text: string,
  template: Template,
  next: number,
  parameters: readonly unknown[],
): string {
  const { literals, display } = template;
  let query = text;
  for (let i = next; i < literals.length - 1; i++) {
    const parameter = parameters[i];
    query += isWord(parameter) ? parameter : queryText(parameter, i, display);
    query += literals[i + 1];
  }
  return query;
}

// As in Forge: `null` and `undefined` are these words.
function queryText(value: unknown, parameter: number, display: string): string {
  if (value === null || value === undefined) return `${value}`;
  if (isRoute(value)) return encodeURIComponent(sourceOf(value));
  return searchParamsText(value) ?? encodeURIComponent(parameterText(value, parameter, display));
}
