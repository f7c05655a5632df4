import type { RequestOptions } from '@tributary/pipeline';
import type { Route } from '@tributary/route';

/** A standard Response whose `json()` has the type that the caller expects. A hint: nothing is checked. */
export interface TypedResponse<T> extends Response {
  json(): Promise<T>;
}

export interface ProductApi {
  /**
   * One call to Confluence. Plain statuses, 4xx and 5xx too, are answers and not errors; `ensureOk`
   * makes errors of them.
   * @param path from `route` (or, knowingly, `assumeTrustedRoute`)
   * @throws RouteError at once, not as a rejection, when `path` is no Route (as Forge does)
   * @throws NeedsAuthenticationError (rejection) as the user, when nothing valid could be sent and the
   *   answer is 401
   * @throws TimeoutError, NetworkError, RateLimitedError and the other errors of docs/errors.md
   */
  // biome-ignore lint/suspicious/noExplicitAny: as the standard Response has it, unless the caller says more
  requestConfluence<T = any>(path: Route, options?: RequestOptions): Promise<TypedResponse<T>>;
}

/** Forge's `api`: three ways to make the same call. The bare one attaches no credential. */
export interface Api extends ProductApi {
  /** As the app itself. */
  asApp(): ProductApi;
  /**
   * As the person who is invoking, in the invocation that calls it; with an account id, as that person.
   * @throws PrincipalError outside an invocation with a user, unless the credential is a `singleUser`.
   */
  asUser(accountId?: string): ProductApi;
}
