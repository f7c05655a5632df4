import type { RequestOptions, Site } from '@tributary/pipeline';
import type { Route } from '@tributary/route';

/** A standard Response whose `json()` has the type that the caller expects. A hint: nothing is checked. */
export interface TypedResponse<T> extends Response {
  json(): Promise<T>;
}

/**
 * One call. Plain statuses, 4xx and 5xx too, are answers and not errors; `ensureOk` makes errors of them.
 * @param path from `route` (or, knowingly, `assumeTrustedRoute`)
 * @throws RouteError at once, not as a rejection, when `path` is no Route (as Forge does)
 * @throws NeedsAuthenticationError (rejection) as the user, when nothing valid could be sent and the
 *   answer is 401
 * @throws TimeoutError, NetworkError, RateLimitedError and the other errors of docs/errors.md
 */
export type RequestProduct =
  // biome-ignore lint/suspicious/noExplicitAny: as the standard Response has it, unless the caller says more
  <T = any>(path: Route, options?: RequestOptions) => Promise<TypedResponse<T>>;

export interface ProductApi {
  readonly requestConfluence: RequestProduct;
  /** To Jira at the same site. On Data Center a Jira is a site of its own, with a client of its own. */
  readonly requestJira: RequestProduct;
  /** To Bitbucket, which takes no credential of a site: give a client one with `base: 'bitbucket'`. */
  readonly requestBitbucket: RequestProduct;
  /** Where its calls go: to the site of the invocation, else to the client's. */
  readonly site?: Site | undefined;
}

/** What only the app or a user may call. */
export interface PrincipalApi extends ProductApi {
  /**
   * A query to the Atlassian GraphQL API (Cloud): at the gateway, or at `/gateway/api` of the site,
   * where the credential is honoured.
   */
  requestGraph<T = unknown>(
    query: string,
    variables?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<TypedResponse<T>>;
  /** To what Atlassian's sites have in common beside it, such as `/graphql/twg`. Redirects are answers. */
  readonly requestAtlassian: RequestProduct;
}

/** Forge's `api`: three ways to make the same call. The bare one attaches no credential. */
export interface Api extends ProductApi {
  /** As the app itself. */
  asApp(): PrincipalApi;
  /**
   * As the person who is invoking, in the invocation that calls it; with an account id, as that person.
   * @throws PrincipalError outside an invocation with a user, unless the credential is a `singleUser`.
   */
  asUser(accountId?: string): PrincipalApi;
}
