import 'reflect-metadata/lite';
import {
  type AuthProvider,
  type AuthProviders,
  ConfigError,
  type ConsentDesk,
  type Pipeline,
  type Principal,
  type Site,
  type UserPrincipal,
  type VerifiedIdentity,
} from '@tributary/pipeline';
import {
  AUTH_PROVIDERS,
  CLOCK,
  composePipeline,
  PENDING_RECORDS,
  type Registry,
} from '@tributary/pipeline/di';
import { currentInvocation } from '@tributary/pipeline/invocation';
import { type Authorize, createAuthorize } from './authorize/authorize.js';
import { consentDesk } from './consent/consent-desk.js';
import type { Api, ProductApi } from './request/api.js';
import { bindUser } from './request/as-user.js';
import { type ClientContext, productApi } from './request/send-request.js';
import type { VerifyOptions } from './verify/verify.js';

/**
 * One composed client. Dispose of it, or use `await using`, and its sockets, stores and timers close.
 * Calls that are under way fail with a NetworkError, and later ones are refused: wait for the last answer first.
 */
export interface Tributary extends Api, AsyncDisposable {
  /** The same three ways, in the shape of Forge's default export. */
  readonly api: Api;
  /** Forge's `authorize()`: what may the invoking user do? */
  authorize(): Authorize;
  /**
   * Whose the configured credential is, asked of Confluence in a way that tells a valid credential
   * from one that Confluence ignores and answers as to an anonymous reader.
   * @throws VerificationError (rejection) saying what to do; NetworkError where it can't be asked now;
   *   ConfigError where none is configured; PrincipalError as `asUser()`
   */
  verify(options: VerifyOptions): Promise<VerifiedIdentity>;
  /**
   * The Atlassian account that `asUser()` acts as here, where the invocation or the provider knows it;
   * undefined before a user has granted.
   */
  account(): Promise<string | undefined>;
  /**
   * For whoever asks people for consent, such as `webConsent({ … })` of `@tributary/consent/web`, and for
   * a person who wants it forgotten: `consent.revoke(user)`. The grant is then gone from the store, and
   * each client that uses the store asks anew with its next call. A call that was given its credential
   * before is still answered, and Atlassian takes the last access token until it ends, within an hour,
   * unless the person ends the access there: the answer says where.
   */
  readonly consent: ConsentDesk;
  /** The composed chain: `pipeline.explain()` prints its order. */
  readonly pipeline: Pipeline;
  /** Where calls go whose invocation names no site of its own. */
  readonly site: Site | undefined;
}

export interface FacadeOptions {
  /**
   * From `cloud(…)` or `dataCenter(…)`: where calls go whose invocation names no site of its own.
   * Leave it out where each does (Forge Remote, an app of many tenants), or where `oauth()` shall take the
   * one site that the user let the app into; any other call without a site is refused.
   */
  readonly site?: Site | undefined;
  /** Ms for all attempts of a call together, until the response's headers; false for none. Default 30 000. */
  readonly timeout?: number | false;
}

export const DEFAULT_TIMEOUT = 30_000;

const APP: Principal = Object.freeze({ kind: 'app' });
const NOBODY: Principal = Object.freeze({ kind: 'none' });

const readTimeout = (timeout: number | false): number | false => {
  if (timeout === false || (Number.isFinite(timeout) && timeout > 0)) return timeout;
  throw new ConfigError('timeout', 'must be a number of ms above 0, or false');
};

const checkProviders = (providers: AuthProviders, site: Site | undefined): void => {
  if (site === undefined) return;
  for (const provider of [providers.app, providers.user, providers.none]) {
    provider?.checkSite?.(site);
  }
};

const bare = (client: ClientContext): ProductApi => productApi(client, NOBODY, currentInvocation());

const createApi = (client: ClientContext, user: AuthProvider | undefined): Api => ({
  requestConfluence: (...call) => bare(client).requestConfluence(...call),
  requestJira: (...call) => bare(client).requestJira(...call),
  requestBitbucket: (...call) => bare(client).requestBitbucket(...call),
  get site() {
    return bare(client).site;
  },
  asApp: () => productApi(client, APP, currentInvocation()),
  asUser(accountId) {
    const { invocation, check } = bindUser(user, accountId);
    // Without an accountId a field of its own all the same, or one could be inherited.
    const principal = { kind: 'user', accountId } as UserPrincipal;
    return productApi(client, principal, invocation, check);
  },
});

/**
 * Composes what a registry holds, once, and puts the Forge-shaped API in front of it. For a chain
 * that is wired by hand; `createTributary` does the wiring too.
 * @throws ConfigError when a setting can't work at the site; ChainError when a part is missing
 */
export const createFacade = (
  registry: Registry,
  { site, timeout = DEFAULT_TIMEOUT }: FacadeOptions,
): Tributary => {
  const callTimeout = readTimeout(timeout);
  const providers = registry.get(AUTH_PROVIDERS);
  checkProviders(providers, site);
  const pipeline = composePipeline(registry);
  let isClosed = false;
  const userSite = site ?? providers.user?.defaultSite;
  const client: ClientContext = {
    site,
    userSite,
    send: pipeline.send,
    clock: registry.get(CLOCK),
    timeout: callTimeout,
    isClosed: () => isClosed,
  };
  const api = createApi(client, providers.user);
  const user = { site: userSite, provider: providers.user };
  return {
    ...api,
    api,
    authorize: createAuthorize({ ...user, asUser: () => api.asUser() }),
    account: async () => (await import('./authorize/known-account.js')).knownAccount(user),
    verify: async (options) =>
      (await import('./verify/verify.js')).verify(client, providers, options),
    consent: consentDesk({ ...user, pending: () => registry.get(PENDING_RECORDS) }),
    pipeline,
    site,
    [Symbol.asyncDispose]: () => {
      isClosed = true;
      return pipeline[Symbol.asyncDispose]();
    },
  };
};
