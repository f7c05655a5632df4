import type { RateLimitReason } from '@tributary/pipeline';

/**
 * Which limit a `RateLimit-Reason` names. Read loosely: documented are `confluence-burst-based` and
 * `confluence-quota-global-based`, seen are `conf-global-based` and `jira-cost-based` too.
 */
export const limitReason = (value: string | null): RateLimitReason => {
  if (value === null) return 'unknown';
  if (/burst/i.test(value)) return 'burst';
  if (/global/i.test(value)) return 'global-quota';
  if (/quota|tenant|cost|point/i.test(value)) return 'tenant-quota';
  return 'unknown';
};
