/** The app itself: `asApp()`. */
export interface AppPrincipal {
  readonly kind: 'app';
}

/** A person: `asUser()`; with an `accountId`, that person even if somebody else is invoking. */
export interface UserPrincipal {
  readonly kind: 'user';
  readonly accountId?: string;
}

/** Nobody: a bare call, which brings its own `Authorization` or none. */
export interface NoPrincipal {
  readonly kind: 'none';
}

export type Principal = AppPrincipal | UserPrincipal | NoPrincipal;
