/** Scopes and hosts of the manifest's `permissions`, as the app was granted them. */
export interface ForgePermissions {
  readonly scopes?: readonly string[];
  readonly external?: ForgeExternal;
}

/** A host pattern of the manifest, or an object that holds one. */
export type ForgeHost = string | { readonly address: string } | { readonly remote: string };

/** `permissions.external` of the manifest. */
export interface ForgeExternal {
  readonly fetch?: {
    readonly backend?: readonly ForgeHost[];
    readonly client?: readonly ForgeHost[];
  };
  readonly fonts?: readonly ForgeHost[];
  readonly styles?: readonly ForgeHost[];
  readonly frames?: readonly ForgeHost[];
  readonly images?: readonly ForgeHost[];
  readonly media?: readonly ForgeHost[];
  readonly scripts?: readonly ForgeHost[];
}

/** An account that the user connected with a provider of `permissions`' external authentication. */
export interface ForgeExternalAccount {
  readonly id: string;
  readonly externalAccountId: string;
  readonly displayName: string;
  readonly scopes: readonly string[];
  readonly avatarUrl?: string;
}

/** One provider of external authentication, as the runtime lists it. */
export interface ForgeExternalAuth {
  readonly service: string;
  readonly remotes: readonly { readonly baseUrl: string; readonly key: string }[];
  readonly accounts: readonly ForgeExternalAccount[];
}

export interface ForgeTimer {
  stop(tags?: Record<string, string>): void;
}

/** The runtime's metrics; `@forge/api` counts with them what is called. */
export interface ForgeMetrics {
  counter(
    name: string,
    tags?: Record<string, string>,
  ): { incr(): void; incrBy(value: number): void; decr(): void; decrBy(value: number): void };
  timing(name: string, tags?: Record<string, string>): { measure(): ForgeTimer };
  gauge(name: string, tags?: Record<string, string>): { set(value: number): void };
}

/** What a Forge app may ask about itself. */
export interface ForgeAppContext {
  readonly appId: string;
  readonly appVersion: string;
  readonly environmentId: string;
  readonly environmentType: string;
  readonly invocationId: string;
  readonly installationId: string;
  readonly functionKey: string;
  readonly moduleType: string;
  readonly moduleKey: string;
  readonly license?: Readonly<Record<string, unknown>>;
  readonly installation?: Readonly<Record<string, unknown>>;
  readonly permissions?: ForgePermissions;
}

/** `globalThis.__forge_runtime__` as `@forge/api` 8 reads it (out/api/runtime.d.ts), for one invocation. */
export interface ForgeRuntime {
  readonly proxy: { readonly token: string; readonly url: string; readonly host?: string };
  readonly contextAri: string;
  readonly container: {
    readonly region?: string;
    readonly runtime?: string;
    readonly handler?: string;
    readonly appCodeDir?: string;
  };
  readonly appContext: ForgeAppContext;
  /** The Atlassian account of whoever is invoking; absent where nobody is, or nobody vouches for it. */
  readonly aaid?: string;
  readonly lambdaContext: {
    readonly awsRequestId: string;
    getRemainingTimeInMillis(): number;
  };
  readonly tracing: { readonly traceId: string; readonly spanId: string };
  readonly realtime: { readonly contextToken?: string };
  readonly metrics: ForgeMetrics;
  readonly rms?: { readonly url: string; readonly host: string };
  readonly kvs?: { readonly url: string; readonly host: string };
  readonly externalAuth?: readonly ForgeExternalAuth[];
  readonly featureFlags: (flag: string) => boolean;
}
