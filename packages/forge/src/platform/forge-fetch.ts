import type { ForgeRuntime } from './forge-runtime.js';

/** Who a product call acts as. */
export type ForgeProvider = 'app' | 'user' | 'none';

/** What a product call is for: a product, or `stargate`, Atlassian's API gateway (`requestGraph`, `requestAtlassian`). */
export type ForgeRemote = 'confluence' | 'jira' | 'bitbucket' | 'stargate';

/** A call to a product, as `requestConfluence` and its kind describe it. */
export interface ProductMeta {
  readonly type: 'fpp';
  readonly provider: ForgeProvider;
  readonly remote: ForgeRemote;
  readonly accountId?: string | undefined;
}

/** A call of `withContext(contextAri)`: the ARI alone says which product and site. */
export interface ContextMeta {
  readonly type: 'fpp';
  readonly provider: ForgeProvider;
  readonly contextAri: string;
  readonly accountId?: string | undefined;
}

/** `asUser().withProvider(provider, remote).fetch`: a third party's API with a token of the user's. */
export interface ExternalAuthMeta {
  readonly type: 'tpp';
  readonly provider: string;
  readonly remote: string;
  /** The id of the outbound auth account (`externalAuth[].accounts[].id` of the runtime). */
  readonly accountId: string;
}

/** `invokeRemote(remote, …)`. */
export interface RemoteMeta {
  readonly type: 'frc';
  readonly remote: string;
}

/** `invokeService(service, …)`. */
export interface ServiceMeta {
  readonly type: 'fcc';
  readonly service: string;
}

/** What is no product call and belongs to Forge alone: `sendEmail`, `@forge/kvs`, SQL, object store, feature flags. */
export interface CapabilityMeta {
  readonly type: 'emails' | 'kvs' | 'sql' | 'os' | 'feature-flags';
  readonly provider?: ForgeProvider;
  readonly remote?: string;
}

/** What `@forge/api` 8 says of a request to the platform's own fetch: the first argument of `__forge_fetch__`. */
export type ForgeMeta =
  | ProductMeta
  | ContextMeta
  | ExternalAuthMeta
  | RemoteMeta
  | ServiceMeta
  | CapabilityMeta;

/** What `@forge/api` takes as `init`; every other field of fetch's is passed on as it is given. */
export interface ForgeRequestInit extends Omit<RequestInit, 'headers'> {
  readonly headers?: RequestInit['headers'] | Record<string, unknown>;
}

/** What the platform answers with: a standard Response. */
export type ForgeResponse = Response;

/**
 * The platform's own fetch: `globalThis.__forge_fetch__`. `path` is text that nobody has checked.
 * An answer of the platform's instead of the product's has the header `forge-proxy-error`; code written
 * for Forge makes NeedsAuthenticationError or ProxyRequestError of it. All else is the product's answer.
 */
export type ForgeFetch = (
  meta: ForgeMeta,
  path: string,
  init?: ForgeRequestInit,
) => Promise<ForgeResponse>;

/** Everything that `@forge/api` asks of the platform that it runs on. */
export interface ForgePlatform {
  readonly fetch: ForgeFetch;
  /** `globalThis.__forge_runtime__` for the current invocation. */
  runtime(): ForgeRuntime | undefined;
  /**
   * `fetch` to the world outside, as the manifest's `permissions.external.fetch.backend` lets it: a plain
   * fetch, with no credential. Rejects with an error named REQUEST_EGRESS_ALLOWLIST_ERR for other hosts.
   */
  egress(url: string | URL, init?: ForgeRequestInit): Promise<ForgeResponse>;
}
