export { requireRoute } from './require-route.js';
export { type RouteParameter, route } from './route.js';
export { RouteError, type RouteErrorCode, routeErrorCodes } from './route-error.js';
export { isRoute, type Route } from './route-object.js';
export { assumeTrustedRoute, routeFromAbsolute, type TrustedRouteOptions } from './trusted.js';
