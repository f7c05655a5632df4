const key = Symbol('route');

/** Whether `x` was made by this copy of the package. Never throws and never runs code of `x`. */
export let isRoute: (x: unknown) => x is Route;

/** The text before our percent-encoding, as Forge would hold it: what a nested use starts from. */
export let sourceOf: (route: Route) => string;

/**
 * A path that passed the checks. Only this module can make one, and nothing can change it: the
 * state is private, instances and class are frozen, and recognition looks at the private state,
 * which no prototype, proxy, clone or `Symbol.hasInstance` can imitate.
 */
class Route {
  readonly #value: string;
  readonly #template: string;
  readonly #source: string;

  constructor(caller: symbol, value: string, template: string, source: string) {
    // `route`/x`.constructor` is reachable from outside; the key isn't.
    if (caller !== key) {
      throw new TypeError('Illegal constructor');
    }
    this.#value = value;
    this.#template = template;
    this.#source = source;
    Object.freeze(this);
  }

  /** Path and query, ready to be resolved against a base: `/wiki/api/v2/pages/7?limit=5`. */
  get value(): string {
    return this.#value;
  }

  /** The path with each parameter as `{}`, for logs: `/wiki/api/v2/pages/{}`. No query. */
  get template(): string {
    return this.#template;
  }

  static {
    isRoute = (x): x is Route => typeof x === 'object' && x !== null && #value in x;
    sourceOf = (route) => route.#source;
  }
}

Object.freeze(Route.prototype);
Object.freeze(Route);

export type { Route };

/** Mints a Route. Callers vouch for `value`; see route.ts and trusted.ts. */
export function createRoute(value: string, template: string, source = value): Route {
  return new Route(key, value, template, source);
}
