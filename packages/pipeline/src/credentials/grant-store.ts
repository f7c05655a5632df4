import type { Secret } from '../secrets/secret.js';
import type { PendingRecords } from './pending-records.js';

/** Names one grant. The site is data in the grant: Atlassian gives one per app and account, over all sites. */
export interface GrantKey {
  readonly issuer: string;
  readonly clientId: string;
  readonly accountId: string;
  /** Only for a credential that is bound to one installation (Forge Remote). */
  readonly installationId?: string;
}

export interface GrantedSite {
  readonly cloudId: string;
  readonly url: string;
  readonly name?: string;
}

/** What one account allowed one app to do. All times are epoch ms. */
export interface Grant {
  readonly accessToken: Secret;
  readonly refreshToken?: Secret;
  readonly scopes: readonly string[];
  readonly expiresAt: number;
  readonly obtainedAt: number;
  /** When the person first granted: the start of the token family's absolute lifetime. */
  readonly grantedAt: number;
  readonly sites: readonly GrantedSite[];
}

/** What the holder of a key wants done: store a new grant, leave it, or remove it. */
export type GrantDecision = { readonly write: Grant } | 'keep' | 'delete';

/**
 * Keeps grants. `exclusive` lets one holder at a time, over all processes, decide about a key.
 * The signal fires before the holder's lease ends, and the holder must stop then.
 */
export interface GrantStore {
  read(key: GrantKey): Promise<Grant | undefined>;
  /** Resolves, after a durable write, to the grant that is stored now. */
  exclusive(
    key: GrantKey,
    decide: (grant: Grant | undefined, signal: AbortSignal) => Promise<GrantDecision>,
  ): Promise<Grant | undefined>;
  delete(key: GrantKey): Promise<void>;
  /** Every key whose given parts equal the given ones. */
  list(prefix: Partial<GrantKey>): AsyncIterable<GrantKey>;
}

/** Which Atlassian account the app's own signed-in user granted with, per issuer and client. */
export interface AccountLinks {
  read(link: AccountLinkKey): Promise<string | undefined>;
  write(link: AccountLinkKey, accountId: string): Promise<void>;
  delete(link: AccountLinkKey): Promise<void>;
}

export interface AccountLinkKey {
  readonly issuer: string;
  readonly clientId: string;
  readonly userId: string;
}

/** Where an app keeps its grants, and what is under way: one backend for all, and for closing them. */
export interface GrantStorage {
  readonly grants: GrantStore;
  readonly links: AccountLinks;
  readonly pending: PendingRecords;
  readonly dispose: () => Promise<void>;
}
