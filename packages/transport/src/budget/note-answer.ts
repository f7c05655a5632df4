import type { AttemptCall, Clock, RateLimitReason } from '@tributary/pipeline';
import { askedWait } from '../rate-limits/asked-wait.js';
import { limitReason } from '../rate-limits/limit-reason.js';
import { readLimits } from '../rate-limits/read-limits.js';
import type { TenantBudget } from './tenant-budget.js';

/** Ms to wait where a refusal doesn't say: doubled with each that follows, as Atlassian's recipe does. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

/** Ms; what asks for a longer wait is a quota, whose rate tells nothing of the server's. */
const LONGEST_BURST = 10_000;

/** Who has to wait for what a refusal asks for. */
export interface Refusal {
  readonly scope: 'app' | 'tenant' | 'endpoint';
  readonly reason: RateLimitReason;
  readonly ms: number;
}

const scopeOf = (reason: RateLimitReason): Refusal['scope'] =>
  reason === 'global-quota' ? 'app' : reason === 'burst' ? 'endpoint' : 'tenant';

const noteRefusal = (
  tenant: TenantBudget,
  call: AttemptCall,
  number: number,
  headers: Headers,
  clock: Clock,
): Refusal => {
  const now = clock.monotonic();
  const reason = limitReason(headers.get('ratelimit-reason'));
  const scope = scopeOf(reason);
  const asked = askedWait(headers, clock.now()) ?? 0;
  tenant.strikes += asked > 0 ? 0 : 1;
  const ms = asked > 0 ? asked : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (tenant.strikes - 1));

  const { app } = tenant;
  tenant.isCalm = false;
  if (scope === 'app') app.isCalm = false;
  // Data Center tells its own rate.
  if (reason === 'burst' || (reason === 'unknown' && !tenant.bucket && ms <= LONGEST_BURST)) {
    const lane = reason === 'burst' ? tenant.openLane(call) : tenant.main;
    const { sent } = tenant.concurrency;
    lane.refused(reason, { number, sent }, tenant.meter.served(now), ms, now);
    lane.pause.extend(now + ms, reason);
  }
  if (scope !== 'endpoint') (scope === 'app' ? app : tenant).pause.extend(now + ms, reason);
  return { scope, reason, ms };
};

/** Notes how a call ended that got an answer: what it says of limits, and who has to wait for a refusal. */
export const noteAnswer = (
  tenant: TenantBudget,
  call: AttemptCall,
  number: number,
  { status, headers }: Response,
  clock: Clock,
): Refusal | undefined => {
  const isRefused = status === 429;
  const now = clock.monotonic();
  tenant.ended(call, number);
  if (isRefused) {
    tenant.concurrency.endRefused(number);
  } else {
    tenant.concurrency.endWell();
    tenant.meter.note(now);
    tenant.strikes = 0;
    if (!tenant.isCalm) tenant.laneOf(call).pace?.served();
  }
  // What is left of an endpoint's own rate is not what is left for the others.
  const isBurst = isRefused && limitReason(headers.get('ratelimit-reason')) === 'burst';
  const limits = isBurst ? undefined : readLimits(headers, clock.now());
  if (limits !== undefined) {
    tenant.learn(limits, now);
    if (limits.rate !== undefined) tenant.learnRate(call, limits.rate, number, now);
  }
  return isRefused ? noteRefusal(tenant, call, number, headers, clock) : undefined;
};
