import type { Grant, GrantKey, Logger } from '@tributary/pipeline';
import { grantKeyId } from '../grants/grant-key.js';
import { DAY_MS, grantLifetimes, type LifetimePolicy } from './grant-lifetimes.js';
import type { OnGrantExpiresSoon } from './oauth-config.js';

const THRESHOLDS_DAYS = [1, 7, 30];

/** More than any process has grants that end within a month; then it may tell again. */
const MOST_TOLD = 100_000;

/** Tells once per grant and threshold that it ends for good; `now` is on the server's clock. */
export type NoticeExpiry = (key: GrantKey, grant: Grant, now: number) => void;

export const expiryNotices = (
  logger: Logger,
  policy: LifetimePolicy,
  listener: OnGrantExpiresSoon | undefined,
): NoticeExpiry => {
  const told = new Map<string, string>();

  const tell = async (notice: Parameters<OnGrantExpiresSoon>[0]): Promise<void> => {
    const { key, reason, endsAt, withinDays } = notice;
    logger.warn('grant.expiresSoon: the user has to grant again before it ends.', {
      issuer: key.issuer,
      reason,
      withinDays,
      endsAt: new Date(endsAt).toISOString(),
    });
    try {
      await listener?.(notice);
    } catch (error) {
      const name = error instanceof Error ? error.name : typeof error;
      logger.error('onGrantExpiresSoon failed.', { error: name });
    }
  };

  return (key, grant, now) => {
    // Without a refresh token it lasts an hour, and whoever asked for it knows.
    if (grant.refreshToken === undefined) return;
    const { consentEndsAt: endsAt, familyEndsAt } = grantLifetimes(grant, policy);
    const withinDays = THRESHOLDS_DAYS.find((days) => endsAt - now <= days * DAY_MS);
    if (withinDays === undefined) return;
    const id = grantKeyId(key);
    const reason = endsAt === familyEndsAt ? 'family' : 'idle';
    const what = `${grant.grantedAt} ${reason} ${withinDays}`;
    if (told.get(id) === what) return;
    if (told.size >= MOST_TOLD) told.clear();
    told.set(id, what);
    const notice = Object.freeze({ key: Object.freeze({ ...key }), reason, endsAt, withinDays });
    // A logger that fails: nobody is left to be told.
    tell(notice).catch(() => {});
  };
};
