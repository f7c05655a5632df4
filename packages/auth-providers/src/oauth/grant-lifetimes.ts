import type { Grant, GrantKey } from '@tributary/pipeline';

/** How long refresh tokens live at one authorization server, in days. */
export interface LifetimePolicy {
  /** Without being used; each use begins it anew. */
  readonly idleDays: number;
  /** From consent on, however often it is used. Left out: no such limit. */
  readonly familyDays?: number;
}

/** Atlassian Cloud (page "OAuth 2.0 (3LO) apps"). */
export const CLOUD_LIFETIMES: LifetimePolicy = Object.freeze({ idleDays: 90, familyDays: 365 });

/** When parts of a grant end. All epoch ms. */
export interface GrantLifetimes {
  /** The access token's end; a refresh token gets another one. */
  readonly accessEndsAt: number;
  /** When the refresh token ends, if nothing uses it until then. */
  readonly idleEndsAt?: number;
  /** When the whole token family ends, whatever is done. */
  readonly familyEndsAt?: number;
  /** The first of these after which only the person's consent helps. */
  readonly consentEndsAt: number;
}

/** A grant that is about to end for good: the event `grant.expiresSoon`. */
export interface GrantExpiresSoon {
  readonly key: GrantKey;
  /** `family`: the person has to grant again. `idle`: it only has to be used in time. */
  readonly reason: 'family' | 'idle';
  /** Epoch ms. */
  readonly endsAt: number;
  /** The threshold that was passed: 30, 7 or 1. */
  readonly withinDays: number;
}

export const DAY_MS = 86_400_000;

/**
 * When a grant ends: its access token by what the server said, its refresh token by the server's
 * policy, counted from `obtainedAt` and `grantedAt`. Default policy: Atlassian Cloud's, 90 days idle and
 * 365 days in all. Data Center's is its administrator's choice.
 */
export const grantLifetimes = (
  grant: Pick<Grant, 'expiresAt' | 'obtainedAt' | 'grantedAt' | 'refreshToken'>,
  policy: LifetimePolicy = CLOUD_LIFETIMES,
): GrantLifetimes => {
  const accessEndsAt = grant.expiresAt;
  if (grant.refreshToken === undefined) return { accessEndsAt, consentEndsAt: accessEndsAt };
  const idleEndsAt = grant.obtainedAt + policy.idleDays * DAY_MS;
  if (policy.familyDays === undefined) {
    return { accessEndsAt, idleEndsAt, consentEndsAt: idleEndsAt };
  }
  const familyEndsAt = grant.grantedAt + policy.familyDays * DAY_MS;
  const consentEndsAt = Math.min(idleEndsAt, familyEndsAt);
  return { accessEndsAt, idleEndsAt, familyEndsAt, consentEndsAt };
};
