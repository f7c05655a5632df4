import {
  type AttemptCall,
  type Middleware,
  type ResolvedCall,
  systemClock,
  systemRandom,
} from '@tributary/pipeline';
import { type CallSettings, callSettings } from './call-settings.js';
import { handOn } from './ended.js';
import { type RetryOptions, readRetryOptions } from './retry-options.js';
import type { TryAgain } from './try-again.js';

/**
 * Tries again what may be tried again: rate limits, unavailable servers, failed connections. Counts the
 * attempts. A body that is a stream is sent once. Where a server keeps failing it stops, and lets one
 * call through now and then.
 */
export const retry = (options: RetryOptions = {}): Middleware<ResolvedCall, AttemptCall> => {
  const defaults = readRetryOptions(options);
  const { strategies, clock = systemClock, random = systemRandom } = options;

  // Loaded with the first answer that is not ok: most programs see few of them.
  let tryAgain: TryAgain | undefined;
  const load = async (): Promise<TryAgain> => {
    const { createTryAgain } = await import('./try-again.js');
    tryAgain ??= createTryAgain({ strategies, clock, random, settings: defaults });
    return tryAgain;
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
        if (settings === undefined) return next({ ...call, attempt: 1 });
        if (tryAgain !== undefined) return tryAgain.send(call, settings, next);
        return next({ ...call, attempt: 1 }).then(
          (response) =>
            response.ok
              ? response
              : load().then(
                  ({ goOn }) => goOn(call, settings, { response }, next),
                  () => response,
                ),
          (error: unknown) =>
            load().then(
              ({ goOn }) => goOn(call, settings, { error }, next),
              // In a browser the same dead network may keep this part from loading.
              () => handOn({ error }),
            ),
        );
      },
  };
};
