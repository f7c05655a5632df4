import type { Tributary } from '@tributary/api';
import type { ConsentRequest, Invocation, Secret, Site } from '@tributary/pipeline';
import type { Route } from '@tributary/route';
import type { RetryCallOptions } from '@tributary/transport';
import type { ForgeFetch, ForgeRequestInit, ForgeResponse } from './forge-fetch.js';
import type {
  ForgeAppContext,
  ForgeExternalAccount,
  ForgeHost,
  ForgeMetrics,
  ForgePermissions,
} from './forge-runtime.js';

/** What of a client the platform calls. */
export type PlatformClient = Pick<Tributary, 'api' | 'pipeline' | 'site'>;

/** A backend of the app's own, as `remotes` or `services` of the manifest name it. */
export interface EndpointOptions {
  /** Its base URL: https, or http to loopback. */
  readonly url: string;
  /**
   * Added to each request, where the app names no header of its own by that name: an Authorization, above
   * all, since there is no Forge here to sign an invocation token.
   */
  readonly headers?: (
    invocation: Invocation | undefined,
  ) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
}

/** A request to a third party's API. */
export interface ExternalRequest {
  /** `id` of one of `accounts`. */
  readonly accountId: string;
  /** The remote's key. */
  readonly remote: string;
  readonly invocation: Invocation | undefined;
}

/** A third party whose API the app calls as the user: `asUser().withProvider(name)`. It has `authorization` or `request`. */
export interface ExternalAuthOptions {
  /** Base URLs by the remotes' keys; the first is used where the app names none. */
  readonly remotes: Readonly<Record<string, string>>;
  /** The accounts there that the invoking user has connected. */
  accounts(invocation: Invocation | undefined): readonly ForgeExternalAccount[];
  /** The whole value of the Authorization header; undefined where the user has to grant anew. */
  authorization?(request: ExternalRequest): Secret | undefined | Promise<Secret | undefined>;
  /** Sends it otherwise, below the remote's base URL; undefined where the user has to grant anew. */
  request?(
    request: ExternalRequest,
    path: Route,
    init: ForgeRequestInit | undefined,
    warn: (message: string) => void,
  ): Promise<ForgeResponse | undefined>;
  /** Called before a function of the app runs: finds out what `accounts` tells at once. */
  learn?(invocation: Invocation): Promise<void>;
  /** How to ask the user, when the app calls `requestCredentials(scopes)` and lets its error escape. */
  consent?(request: {
    readonly scopes: readonly string[];
    readonly invocation: Invocation;
  }): ConsentRequest;
}

export interface ForgePlatformOptions {
  /** What `getAppContext()` tells. Default: `local` for each id, DEVELOPMENT, version 0.0.0. */
  readonly app?: Partial<Omit<ForgeAppContext, 'invocationId' | 'permissions'>>;
  /** The manifest's `permissions`: what `permissions.*` answers from. Default none granted. */
  readonly permissions?: ForgePermissions;
  /**
   * Before a product call: what to do where `permissions.scopes` has none that its endpoint wants. `warn` says
   * so once for each endpoint, `error` rejects with a ScopeMissingError. Default `off`, as in Forge.
   */
  readonly scopes?: 'warn' | 'error' | 'off';
  /**
   * The hosts that `fetch` may call, as the manifest writes them. Default: those of
   * `permissions.external.fetch.backend` where that is given, else all. Only the address that is called is
   * looked at, not where it redirects to.
   */
  readonly egress?: readonly ForgeHost[];
  /** Whose account `authorize()` asks about where the invocation names none: that of `singleUser(…)`. */
  readonly accountId?: string;
  /** The installation's context. Default `ari:cloud:confluence::site/{cloudId}`. */
  readonly contextAri?: string;
  /** The sites that `withContext(ari)` may reach beside that of the invocation, by cloudId. */
  readonly sites?: (cloudId: string) => Site | undefined;
  /** A client whose credentials have `base: 'bitbucket'`, for `requestBitbucket`. Default: the same client. */
  readonly bitbucket?: PlatformClient;
  /** Where `invokeRemote(key)` goes. */
  readonly remotes?: Readonly<Record<string, EndpointOptions>>;
  /** Where `invokeService(key)` goes. */
  readonly services?: Readonly<Record<string, EndpointOptions>>;
  /** Third parties by the key of the manifest's `providers.auth`. */
  readonly externalAuth?: Readonly<Record<string, ExternalAuthOptions>>;
  /** What answers for Forge's own services, by `type`: `emails`, `kvs`, `sql`, `os`, `feature-flags`. */
  readonly capabilities?: Readonly<Record<string, ForgeFetch>>;
  /** Answers `webTrigger.*`, which ask Atlassian's GraphQL for the URLs of the app's triggers. */
  readonly webTriggers?: WebTriggerUrls;
  /** Retries of product calls. Default false: each is sent once, as in Forge. */
  readonly retry?: RetryCallOptions | false;
  /** Whether product calls wait for what the client's rate budget allows. Default false, as in Forge. */
  readonly budget?: boolean;
  /** Ms for a product call until the response's headers; false for none. Default: the client's. */
  readonly timeout?: number | false;
  /** Ms that an invocation may take: what `invocationRemainingTimeInMillis()` counts down. Default 25 000. */
  readonly invocationTimeout?: number;
  /** Where the app's code lies, for i18n: the folder that holds `__LOCALES__`. */
  readonly appCodeDir?: string;
  /** Default: counts nothing. */
  readonly metrics?: ForgeMetrics;
  /** Default: no flag is on. */
  readonly featureFlags?: (flag: string) => boolean;
  /** Where warnings go, once each. Default `process.emitWarning`, of type ForgeParityWarning. */
  readonly warn?: ((message: string) => void) | undefined;
  /** For what is no product call: egress, remotes, third parties. Default the runtime's own. */
  readonly fetch?: typeof globalThis.fetch;
}

/** The URLs of the app's web triggers, by their modules' keys. */
export interface WebTriggerUrls {
  getUrl(moduleKey: string): string | Promise<string>;
  deleteUrl(id: string): void | Promise<void>;
  queryUrls():
    | readonly { readonly triggerKey: string; readonly url: string }[]
    | Promise<readonly { readonly triggerKey: string; readonly url: string }[]>;
}
