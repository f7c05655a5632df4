import {
  type AttemptCall,
  addPast,
  type Clock,
  discardBody,
  factsOf,
  type Handler,
  type Random,
  RateLimitedError,
  type ResolvedCall,
  type Sent,
  sleep,
  TributaryError,
} from '@tributary/pipeline';
import { limitReason } from '../rate-limits/limit-reason.js';
import type { CallSettings } from './call-settings.js';
import { createCircuits, type Health } from './circuits.js';
import { decideRetry, type RetryDecision } from './decide-retry.js';
import { type Ended, handOn } from './ended.js';
import { peekBody } from './peek-body.js';
import type { RetrySettings } from './retry-options.js';
import { ServerUnavailableError } from './server-unavailable-error.js';
import { defaultStrategies, isUnavailable } from './strategies.js';
import type { RetryOutcome, RetryStrategy } from './strategy.js';

export interface TryAgain {
  /** The whole call, once this part is loaded. */
  send(call: ResolvedCall, own: CallSettings, next: Handler<AttemptCall>): Promise<Response>;
  /** The rest of a call whose first attempt has ended. */
  goOn(
    call: ResolvedCall,
    own: CallSettings,
    first: Ended,
    next: Handler<AttemptCall>,
  ): Promise<Response>;
}

const surest = (a: Sent, b: Sent): Sent => (a === 'yes' || b === 'no' ? a : b);

const sentOf = ({ response, error }: Ended): Sent =>
  response !== undefined ? 'yes' : error instanceof TributaryError ? error.sent : 'unknown';

const waitedOf = ({ response, error }: Ended): number =>
  (response === undefined
    ? error instanceof TributaryError && error.waitedMs
    : factsOf(response)?.waitedMs) || 0;

const healthOf = ({ response, error }: Ended): Health => {
  if (response !== undefined) return isUnavailable(response.status) ? 'down' : 'up';
  return error instanceof TributaryError && error.code === 'NETWORK_FAILED' && error.retryable
    ? 'down'
    : 'unknown';
};

/** What the strategies see; the text of a 409 tells whether anything collided. */
const outcomeOf = async (response: Response, clock: Clock): Promise<RetryOutcome> => ({
  response,
  text: await peekBody(response, clock),
});

/** The error for a 429 that asks for more time than there is. */
const rateLimited = (
  response: Response | undefined,
  retryAfterMs: number,
  nowMs: number,
  attempts: { readonly attempts: number; readonly waitedMs: number; readonly template: string },
): RateLimitedError =>
  new RateLimitedError(
    `The server asks to wait ${Math.ceil(retryAfterMs / 1000)} s, longer than the call's deadline or \`maxWait\` allows; try again after that, or give the call more time.`,
    {
      ...attempts,
      retryAfterMs,
      reason: limitReason(response?.headers.get('ratelimit-reason') ?? null),
      resetAt: nowMs + retryAfterMs,
    },
  );

export const createTryAgain = ({
  strategies = defaultStrategies,
  clock,
  random,
  settings: { quota, cooldown },
}: {
  readonly strategies: readonly RetryStrategy[] | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly settings: RetrySettings;
}): TryAgain => {
  const circuits = createCircuits({ quota, cooldown, clock, random });

  const decide = (
    call: ResolvedCall,
    { settings, isIdempotent }: CallSettings,
    number: number,
    outcome: RetryOutcome,
  ): RetryDecision => {
    if (call.signal?.aborted) return { kind: 'settled' };
    const { method, deadline } = call;
    return decideRetry(strategies, { number, method, isIdempotent, nowMs: clock.now() }, outcome, {
      settings,
      jitter: random(),
      remaining: deadline === undefined ? Number.POSITIVE_INFINITY : deadline - clock.monotonic(),
    });
  };

  const goOn: TryAgain['goOn'] = async (call, own, first, next) => {
    let ended = first;
    let sent: Sent = 'no';
    let waitedMs = 0;
    for (let attempt = 1; ; attempt += 1) {
      const { response } = ended;
      const health = healthOf(ended);
      const mayGoOn = circuits.ended(call.base, health);
      waitedMs = Math.max(waitedMs, waitedOf(ended));
      const outcome =
        response?.status === 409 && own.isIdempotent ? await outcomeOf(response, clock) : ended;
      const decision = decide(call, own, attempt, outcome);
      const isSettled =
        decision.kind === 'settled' || (decision.kind === 'too-long' && response?.status !== 429);
      if (!mayGoOn || isSettled) {
        addPast(ended.error, { sent, waitedMs });
        return handOn(ended);
      }
      const attempts = { attempts: attempt, waitedMs, template: call.template };
      discardBody(response);
      if (decision.kind === 'too-long') {
        throw rateLimited(response, decision.afterMs, clock.now(), attempts);
      }
      sent = surest(sent, sentOf(ended));
      const before = clock.monotonic();
      await sleep(clock, decision.ms, call.signal);
      waitedMs += clock.monotonic() - before;
      const holdMs = circuits.hold(call.base);
      if (holdMs > 0) throw new ServerUnavailableError(holdMs, { ...attempts, sent, waitedMs });
      ended = await next({ ...call, attempt: attempt + 1, waitedMs }).then(
        (response): Ended => ({ response }),
        (error: unknown): Ended => ({ error }),
      );
    }
  };

  return {
    goOn,
    send(call, own, next) {
      const holdMs = circuits.hold(call.base);
      if (holdMs > 0) {
        const { template } = call;
        return Promise.reject(new ServerUnavailableError(holdMs, { template }));
      }
      return next({ ...call, attempt: 1 }).then(
        (response) => {
          if (!response.ok) return goOn(call, own, { response }, next);
          circuits.ended(call.base, 'up');
          return response;
        },
        (error: unknown) => goOn(call, own, { error }, next),
      );
    },
  };
};
