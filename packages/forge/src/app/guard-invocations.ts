import { currentInvocation } from '@tributary/pipeline/invocation';
import { UNGUARDED } from '../platform/unguarded-fetch.js';

/**
 * Begun before `install`, whose list of hosts holds for the global fetch of the whole process: the function
 * that is given back holds it to the app's invocations, since a server does more than run an app.
 * What that gives back ends it.
 */
export const guardInvocations = (): (() => () => void) => {
  const before = globalThis.fetch;
  return () => {
    const guarded = globalThis.fetch;
    if (guarded === before) return () => {};
    const fetch: typeof globalThis.fetch = (...call) =>
      (currentInvocation() === undefined ? before : guarded)(...call);
    globalThis.fetch = Object.assign(fetch, { [UNGUARDED]: before });
    return () => {
      // Somebody else's by now, who will want to put back ours: that does no harm.
      if (globalThis.fetch === fetch) globalThis.fetch = guarded;
    };
  };
};
