import type { AttemptCall, Middleware, ResolvedCall } from '@tributary/pipeline';
import type { RetryOptions } from './retry-options.js';

export const retry = (_options: RetryOptions = {}): Middleware<ResolvedCall, AttemptCall> => ({
  name: 'retry',
  wrap: (next) =>
    function retry(call) {
      return next({ ...call, attempt: 1 });
    },
});
