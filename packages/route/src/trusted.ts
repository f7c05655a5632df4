import { encodePath } from './path-encoding.js';
import { refuse } from './route-error.js';
import { createRoute, type Route } from './route-object.js';
import { splitQuery, withSlashes } from './template.js';

/** Options of {@link assumeTrustedRoute} and {@link routeFromAbsolute}. */
export interface TrustedRouteOptions {
  /** What logs, spans and errors may show of the path. Default: `{trusted}`. */
  readonly template?: string | undefined;
}

// One slash, and nothing that the URL parser strips: `/<tab>/host` names a host.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const PATH = /^\/(?![/\\])[^\0-\x1f\x7f]*(?<! )$/;
// Shown in logs and span names as it is: visible ASCII without ? and #.
const TEMPLATE = /^[!"$->@-~]+$/;

/**
 * A Route from a whole path that **you** vouch for: nothing in it is checked, but that it is one
 * absolute path. For anything with a foreign value in it, use `route`.
 * @throws RouteError `ROUTE_TRUSTED_PATH`: no string, not one path that begins with one `/`, or an
 * unfit template.
 */
export function assumeTrustedRoute(
  path: string,
  { template = '{trusted}' }: TrustedRouteOptions = {},
): Route {
  if (typeof path !== 'string' || !PATH.test(path)) refuseTrusted('no absolute path', path);
  if (!TEMPLATE.test(template)) refuseTrusted('template with ?, # or no visible ASCII', template);
  const [before, query] = splitQuery(path.toWellFormed().replace(/#.*/s, ''));
  const text = withSlashes(before);
  return createRoute(encodePath(text) + query, template, text + query);
}

/**
 * A Route from an absolute URL that **you** vouch for, such as the next page's. Only path and
 * query are kept, as in Forge: which host is called is decided by the site alone.
 * @throws RouteError `ROUTE_TRUSTED_PATH`: not an absolute http or https URL.
 */
export function routeFromAbsolute(url: string | URL, options?: TrustedRouteOptions): Route {
  let parsed: URL | undefined;
  try {
    parsed = new URL(url);
  } catch {
    // Refused below, as any other scheme is.
  }
  if (!/^https?:/.test(`${parsed?.protocol}`)) refuseTrusted('no absolute http(s) URL', url);
  return assumeTrustedRoute(`${parsed?.pathname}${parsed?.search}`, options);
}

function refuseTrusted(reason: string, value: unknown): never {
  const shown = typeof value === 'string' ? value : typeof value;
  refuse('ROUTE_TRUSTED_PATH', reason, undefined, undefined, shown);
}
