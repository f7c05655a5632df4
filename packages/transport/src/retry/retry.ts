import {
  type AttemptCall,
  type Handler,
  type Middleware,
  RateLimitedError,
  type ResolvedCall,
  sleep,
  systemClock,
  systemRandom,
} from '@tributary/pipeline';
import { type CallSettings, callSettings } from './call-settings.js';
import { decideRetry, type RetryDecision } from './decide-retry.js';
import { type RetryOptions, readRetryOptions } from './retry-options.js';
import { defaultStrategies } from './strategies.js';

/** How an attempt ended, with the response that is discarded or handed on. */
type Ended =
  | { readonly response: Response; readonly error?: never }
  | { readonly error: unknown; readonly response?: never };

const handOn = (ended: Ended): Response => {
  if (ended.response === undefined) throw ended.error;
  return ended.response;
};

const discard = (response: Response | undefined): void => {
  response?.body?.cancel().catch(() => {});
};

const rateLimitedError = (call: ResolvedCall, attempts: number, afterMs: number) =>
  new RateLimitedError(
    `The server asks to wait ${Math.ceil(afterMs / 1000)} s, longer than the call's deadline or \`maxWait\` allows; try again after that, or give the call more time.`,
    { attempts, template: call.template, retryAfterMs: afterMs },
  );

/**
 * Tries again what may be tried again: rate limits, unavailable servers, failed connections. Counts the
 * attempts. A body that is a stream is sent once.
 */
export const retry = (options: RetryOptions = {}): Middleware<ResolvedCall, AttemptCall> => {
  const defaults = readRetryOptions(options);
  const { strategies = defaultStrategies, clock = systemClock, random = systemRandom } = options;

  const decide = (
    call: ResolvedCall,
    { settings, isIdempotent }: CallSettings,
    number: number,
    ended: Ended,
  ): RetryDecision => {
    if (call.signal?.aborted) return { kind: 'settled' };
    const { method, deadline } = call;
    return decideRetry(strategies, { number, method, isIdempotent, nowMs: clock.now() }, ended, {
      settings,
      jitter: random(),
      remaining: deadline === undefined ? Number.POSITIVE_INFINITY : deadline - clock.monotonic(),
    });
  };

  const goOn = async (
    call: ResolvedCall,
    own: CallSettings,
    first: Ended,
    next: Handler<AttemptCall>,
  ): Promise<Response> => {
    let ended = first;
    for (let attempt = 1; ; attempt += 1) {
      const decision = decide(call, own, attempt, ended);
      if (decision.kind === 'settled') return handOn(ended);
      if (decision.kind === 'too-long') {
        if (ended.response?.status !== 429) return handOn(ended);
        discard(ended.response);
        throw rateLimitedError(call, attempt, decision.afterMs);
      }
      discard(ended.response);
      await sleep(clock, decision.ms, call.signal);
      ended = await next({ ...call, attempt: attempt + 1 }).then(
        (response): Ended => ({ response }),
        (error: unknown): Ended => ({ error }),
      );
    }
  };

  return {
    name: 'retry',
    wrap: (next) =>
      function retry(call) {
        let own: CallSettings | undefined;
        try {
          own = callSettings(call, defaults);
        } catch (error) {
          return Promise.reject(error);
        }
        const settings = own;
        const sending = next({ ...call, attempt: 1 });
        if (settings === undefined) return sending;
        return sending.then(
          (response) => (response.ok ? response : goOn(call, settings, { response }, next)),
          (error: unknown) => goOn(call, settings, { error }, next),
        );
      },
  };
};
