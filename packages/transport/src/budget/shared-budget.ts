/** Names what a call draws from: no secret in either part. */
export interface BudgetKey {
  readonly app: string;
  /** The site's base URL; for Data Center, where each user has a budget, with the user. */
  readonly tenant: string;
}

/**
 * What several processes draw from. A promise that rejects is logged and taken for a yes: a store that
 * is down must not stop what it only slows down.
 */
export interface SharedBudget {
  readonly name: string;
  /** Takes one request: 0 where it may be sent, else the ms after which to ask again. */
  take(key: BudgetKey): Promise<number>;
  /** Nobody draws from the tenant's, or all of the app's, budget for `ms`. */
  pause(key: BudgetKey, scope: 'app' | 'tenant', ms: number): Promise<void>;
}
