/** Options of a request that is no product call. A subset of fetch's, so that libraries can be handed it. */
export interface ServiceFetchInit {
  readonly method?: string;
  readonly headers?: Record<string, string> | Headers;
  readonly body?: string | URLSearchParams | Uint8Array<ArrayBuffer> | null;
  readonly signal?: AbortSignal;
}

/**
 * Requests that are no product call: token endpoint, tenant info, accessible resources, JWKS.
 * Follows no redirect, caps the size of the answer, and tries a GET again when the network fails.
 */
export type ServiceFetch = (url: string, init?: ServiceFetchInit) => Promise<Response>;
