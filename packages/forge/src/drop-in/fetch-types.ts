// The same shapes as @forge/api 8 declares, so that code typed against it compiles against this entry too.

/** A path made by `route`, `assumeTrustedRoute` or `routeFromAbsolute`. */
export type Route = {
  readonly value: string;
};

/** What a request may say. `FormData`, `Blob` and bytes are sent too: Forge's type leaves them out, and so this one. */
export interface RequestInit {
  body?: ArrayBuffer | string | URLSearchParams;
  headers?: Record<string, string>;
  /** Default GET. */
  method?: string;
  redirect?: RequestRedirect;
  signal?: AbortSignal;
}

export type FetchOptions = RequestInit;

export interface Headers {
  append: (name: string, value: string) => void;
  delete: (name: string) => void;
  get: (name: string) => string | null;
  has: (name: string) => boolean;
  set: (name: string, value: string) => void;
  forEach: (callbackfn: (value: string, key: string) => void) => void;
}

/** An answer, whatever its status. The body can be read once. */
export interface Response {
  // biome-ignore lint/suspicious/noExplicitAny: as in Forge, whose users read fields off it
  json: () => Promise<any>;
  text: () => Promise<string>;
  arrayBuffer: () => Promise<ArrayBuffer>;
  ok: boolean;
  status: number;
  statusText: string;
  headers: Headers;
}

export type APIResponse = Response;

export type FetchMethod = (url: string, init?: RequestInit) => Promise<APIResponse>;
export type FetchMethodAllowingRoute = (
  url: string | Route,
  init?: RequestInit,
) => Promise<APIResponse>;
/** Throws at once where `url` is no Route; plain statuses, 4xx and 5xx too, never throw. */
export type RequestProductMethod = (url: Route, init?: RequestInit) => Promise<APIResponse>;

export interface RequestProductMethods {
  requestJira: RequestProductMethod;
  requestConfluence: RequestProductMethod;
  requestBitbucket: RequestProductMethod;
}

export interface WithContextFetchMethods {
  withContext: (contextAri: string) => RequestProductMethods;
}

export interface GraphQLFetchMethods {
  requestGraph: (
    query: string,
    // biome-ignore lint/suspicious/noExplicitAny: as in Forge
    variables?: any,
    // biome-ignore lint/suspicious/noExplicitAny: as in Forge
    headers?: Record<string, any>,
  ) => Promise<APIResponse>;
}

export interface TeamworkGraphFetchMethods {
  requestTeamworkGraph: (
    query: string,
    // biome-ignore lint/suspicious/noExplicitAny: as in Forge
    variables?: any,
    operationName?: string,
    // biome-ignore lint/suspicious/noExplicitAny: as in Forge
    extensions?: any,
    // biome-ignore lint/suspicious/noExplicitAny: as in Forge
    headers?: Record<string, any>,
  ) => Promise<APIResponse>;
}

export interface ConnectedDataFetchMethods {
  requestConnectedData: RequestProductMethod;
}

export interface RequestAtlassianMethods {
  requestAtlassian: RequestProductMethod;
}

/** An account of the invoking user with a third party. */
export interface ExternalAuthAccount {
  id: string;
  displayName: string;
  avatarUrl?: string;
  scopes: string[];
}

export interface ExternalAuthAccountMethods {
  hasCredentials: (scopes?: string[]) => Promise<boolean>;
  requestCredentials: (scopes?: string[]) => Promise<boolean>;
  fetch: FetchMethodAllowingRoute;
  getAccount: () => Promise<ExternalAuthAccount | undefined>;
}

export interface ExternalAuthFetchMethods extends ExternalAuthAccountMethods {
  listCredentials: () => Promise<string[]>;
  listAccounts: () => Promise<ExternalAuthAccount[]>;
  asAccount: (externalAccountId: string) => ExternalAuthAccountMethods;
}

export interface ExternalAuthFetchMethodsProvider {
  withProvider: (
    provider: string,
    remoteName?: string,
    tokenId?: string,
  ) => ExternalAuthFetchMethods;
}

export type AsAppFetchMethods = RequestProductMethods &
  GraphQLFetchMethods &
  ConnectedDataFetchMethods &
  RequestAtlassianMethods &
  WithContextFetchMethods;

export type AsUserFetchMethods = AsAppFetchMethods &
  TeamworkGraphFetchMethods &
  ExternalAuthFetchMethodsProvider;

export interface FetchAPI extends RequestProductMethods {
  asUser(userId?: string): AsUserFetchMethods;
  asApp(): AsAppFetchMethods;
  fetch: FetchMethodAllowingRoute;
}

export type InvokeEndpoint = (
  key: string,
  options: RequestInit & { path: string },
) => Promise<APIResponse>;

export interface ForgeAPI extends FetchAPI {
  invokeRemote: InvokeEndpoint;
  invokeService: InvokeEndpoint;
}
