import type { Call, ResolvedCall } from '../call/call.js';
import type { Site } from '../call/site.js';
import type { Invocation } from '../invocation/invocation.js';
import type { Clock } from '../services/clock.js';
import type { Logger } from '../services/logger.js';
import type { ServiceFetch } from '../services/service-fetch.js';
import type { AuthorizationFlow } from './authorization-flow.js';
import type { RevokedGrant } from './consent-desk.js';
import type { Credential } from './credential.js';
import type { AccountLinks, GrantStore } from './grant-store.js';

/** Answers for a principal: where its calls go and with which credential. */
export interface AuthProvider {
  /** Stable and short, for logs and errors: `api-token`, `oauth`, … */
  readonly kind: string;
  /**
   * The app that calls are made for, where a server counts the calls of each: an OAuth client's id. No
   * secret. Default: the kind.
   */
  readonly appKey?: string;
  /** The base URL at which this provider's credential is honoured, with its path prefix. */
  endpoint(call: Call): string | Promise<string>;
  /** The credential to send, or `undefined` to send none (as the user: not yet granted). */
  credential(call: ResolvedCall): Credential | undefined | Promise<Credential | undefined>;
  /**
   * After a 401 with `rejected`: a fresh credential; `undefined` where only the user can help; or
   * 'unchanged' where it is the right one all the same (it was renewed moments ago), so that the 401
   * is the answer.
   */
  renew?(
    call: ResolvedCall,
    rejected: Credential,
    response: Response,
  ): Promise<Credential | 'unchanged' | undefined>;
  /**
   * Who the credential belongs to, asked at an endpoint that never answers anonymously.
   * @throws VerificationError when it is not valid there.
   */
  verify?(call: Call): Promise<VerifiedIdentity>;
  /** The way to ask the user; absent where nobody can be asked. */
  authorization?(asked: AuthorizationAsked, options?: AuthorizationOptions): AuthorizationFlow;
  /** Forgets the user's grant, in its store and here; absent where there is none to forget. */
  revoke?(asked: AuthorizationAsked): Promise<RevokedGrant>;
  /** Ends what it does in the background; called once, before the stores close. */
  dispose?(): Promise<void>;
  /** Throws a `ConfigError` when its credential can't work at `site`; run once, when it is composed. */
  checkSite?(site: Site): void;
  /** Stands for the site that it finds out itself, in calls that name none. Default: those are refused. */
  readonly defaultSite?: Site;
  /** The account that `asUser()` acts as, where the provider itself knows it. */
  account?(call: Call): string | undefined | Promise<string | undefined>;
  /** May answer for `asUser(accountId)` of somebody who is not invoking. Default false. */
  readonly canImpersonate?: boolean;
  /** Belongs to one named person: as the user only by `singleUser(…)`. Default false. */
  readonly isPersonal?: boolean;
  /** Acts as its one person in every `asUser()`, and so needs no invoking user. Default false. */
  readonly isSingleUser?: boolean;
  /** Knows by itself who is invoking, as Forge's runtime does, so that asUser() needs no invocation. Default false. */
  readonly knowsUser?: boolean;
}

/** Who is to be asked, and about which site. A call says so. */
export interface AuthorizationAsked extends Pick<Call, 'site' | 'principal'> {
  readonly invocation?: Pick<Invocation, 'user'>;
}

export interface AuthorizationOptions {
  /** All that the new grant shall hold: it replaces the old one. Default: the configured ones. */
  readonly scopes?: readonly string[];
}

/** Who a credential turned out to belong to. */
export interface VerifiedIdentity {
  readonly accountId: string;
  readonly displayName?: string;
  /** The site URL that it is good for. */
  readonly site: string;
  /** What it may do, where the server says so. */
  readonly scopes?: readonly string[];
}

/** What a provider is built from; the composition root hands it over. */
export interface ProviderServices {
  /** For every request that is no product call (token endpoint, tenant info). */
  readonly fetch: ServiceFetch;
  readonly clock: Clock;
  readonly grants: GrantStore;
  readonly links: AccountLinks;
  readonly logger: Logger;
}

/** Configuration that becomes a provider once per composed chain, so that no cache outlives it. */
export type AuthProviderFactory = (services: ProviderServices) => AuthProvider;

/** Who answers for each principal of one chain. */
export interface AuthProviders {
  readonly app?: AuthProvider;
  readonly user?: AuthProvider;
  readonly none: AuthProvider;
}
