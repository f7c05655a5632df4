import {
  assumeTrustedRoute,
  isRoute,
  type Route,
  type RouteErrorCode,
  requireRoute,
  route,
  routeFromAbsolute,
} from '../src/index.js';

const made: Route = route`/x/${1}/${'a'}/${2n}/${true}?${new URLSearchParams()}&a=${null}&b=${undefined}`;
route`${made}/x/${new Date()}?a=${['b']}`;
const any: unknown = made;
if (isRoute(any)) any.template satisfies string;
requireRoute(any).value satisfies string;
routeFromAbsolute(new URL('https://a.example'), { template: '/x' });
'ROUTE_OTHER_COPY' satisfies RouteErrorCode;

// @ts-expect-error a Route is made by route, not by its shape
const shape: Route = { value: '/x', template: '/x' };
// @ts-expect-error nothing changes a Route
made.value = '/y';
// @ts-expect-error route is a tag, not a function of a string
route('/x');
// @ts-expect-error a function forgot its call
route`/x/${() => 'a'}`;
// @ts-expect-error no text can be made of a symbol
route`/x/${Symbol('a')}`;
// @ts-expect-error what JSON brings has to be looked at first
route`/x/${JSON.parse('1') as unknown}`;
// @ts-expect-error a Route is no string
assumeTrustedRoute(made);
// @ts-expect-error codes are a closed list
'ROUTE_OOPS' satisfies RouteErrorCode;

export { shape };
