import { refuse } from './route-error.js';
import { isRoute, type Route } from './route-object.js';

/**
 * The Route that `path` is.
 * @throws RouteError `ROUTE_NOT_A_ROUTE`: a string or anything else; `ROUTE_OTHER_COPY`: a Route
 * of another copy of this package or of `@forge/api`.
 */
export function requireRoute(path: unknown): Route {
  if (isRoute(path)) return path;
  // Only its own copy knows which checks a Route passed.
  const [code, advice] = isFromOtherCopy(path)
    ? ([
        'ROUTE_OTHER_COPY',
        'two copies are installed, see `npm ls @tributary/route @forge/api`',
      ] as const)
    : (['ROUTE_NOT_A_ROUTE', 'as in route`/wiki/api/v2/spaces`'] as const);
  refuse(code, `You must create your route using the 'route' export: ${advice}`);
}

/** Another copy's Route, and the real `@forge/api`'s, inherits its `value`. */
function isFromOtherCopy(x: unknown): boolean {
  try {
    return 'value' in Object.getPrototypeOf(x);
  } catch {
    return false; // null, undefined, or a hostile proxy
  }
}
