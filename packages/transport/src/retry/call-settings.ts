import { isReplayable, RequestError, type ResolvedCall } from '@tributary/pipeline';
import { outOfRange, type RetrySettings } from './retry-options.js';

/** What holds for one call: the middleware's settings under the call's own. */
export interface CallSettings {
  readonly settings: RetrySettings;
  readonly isIdempotent: boolean;
}

/**
 * The settings for one call, or `undefined` where it is sent once: its caller says so, or its body is a
 * stream.
 * @throws RequestError naming the call's option that is out of range.
 */
export const callSettings = (
  call: ResolvedCall,
  defaults: RetrySettings,
): CallSettings | undefined => {
  const own = call.options.retry;
  if (own === false || !isReplayable(call.body)) return undefined;
  const isIdempotent = own?.idempotent === true || defaults.methods.includes(call.method);
  if (own === undefined) return { settings: defaults, isIdempotent };
  const settings = {
    ...defaults,
    limit: own.limit ?? defaults.limit,
    maxWait: own.maxWait ?? defaults.maxWait,
  };
  const wrong = outOfRange(settings);
  if (wrong !== undefined) throw new RequestError(wrong.field, wrong.rule, call.template);
  return { settings, isIdempotent };
};
