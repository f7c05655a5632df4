import { isRoute as isTributaryRoute } from '@tributary/route';
import type { Route } from './fetch-types.js';

const own = new WeakSet<object>();

// The name, `value_` and the words of the setter are what apps see of Forge's, in logs and errors.
class ReadonlyRoute {
  readonly value_: string;

  constructor(value: string) {
    this.value_ = value;
    own.add(Object.freeze(this));
  }

  get value(): string {
    return this.value_;
  }

  set value(_: string) {
    throw new Error('modification of a Route is not allowed');
  }
}

/** Callers vouch for `value`. */
export const createRoute = (value: string): Route => new ReadonlyRoute(value);

/** Whether `x` is a Route: of this entry, of `@tributary/route`, of `@forge/api` or of another copy. */
export const isRoute = (x: unknown): x is Route =>
  typeof x === 'object' && x !== null && (own.has(x) || isTributaryRoute(x) || looksLikeForges(x));

/**
 * Forge's own Route has its `value` from its class, which nothing has that was parsed from a request.
 * What it holds is checked by the platform all the same, as every path is.
 */
const looksLikeForges = (x: object): boolean => {
  const inherited = Object.getPrototypeOf(x) as object | null;
  if (inherited === null || inherited === Object.prototype) return false;
  const value = Object.getOwnPropertyDescriptor(inherited, 'value');
  return (
    typeof value?.get === 'function' &&
    typeof value.set === 'function' &&
    typeof Object.getOwnPropertyDescriptor(x, 'value_')?.value === 'string'
  );
};

/**
 * The Route that `x` is.
 * @throws Error at once, in Forge's words, where it is none
 */
export const requireRoute = (x: unknown): Route => {
  if (isRoute(x)) return x;
  throw new Error(
    "You must create your route using the 'route' export from '@forge/api'.\nSee https://go.atlassian.com/forge-fetch-route for more information.",
  );
};
