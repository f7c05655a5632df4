import type { AttemptCall, ResolvedCall } from '../call/call.js';
import type { Middleware } from './middleware.js';

/** Fills the retry slot where nothing is tried again. */
export const noRetry: Middleware<ResolvedCall, AttemptCall> = {
  name: 'no-retry',
  wrap: (next) =>
    function noRetry(call) {
      return next({ ...call, attempt: 1 });
    },
};
