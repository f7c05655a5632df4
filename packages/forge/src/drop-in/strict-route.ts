import {
  isRoute as isTributaryRoute,
  type RouteParameter,
  route as tributaryRoute,
  assumeTrustedRoute as trustedRoute,
} from '@tributary/route';
import type { Route } from './fetch-types.js';
import { isRoute } from './route-object.js';

/**
 * `@tributary/route`'s `route`, which takes Routes of this entry and of `@forge/api` as well.
 * @throws RouteError
 */
export const strictRoute = (
  template: TemplateStringsArray,
  parameters: readonly unknown[],
): Route =>
  tributaryRoute(
    template,
    ...parameters.map((parameter) =>
      isRoute(parameter) && !isTributaryRoute(parameter)
        ? trustedRoute(parameter.value)
        : (parameter as RouteParameter),
    ),
  );
