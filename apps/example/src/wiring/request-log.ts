import { type Call, type Middleware, NeedsAuthenticationError } from '@tributary/pipeline';
import { OBSERVE, type Plugin } from '@tributary/pipeline/di';
import type { Account } from '../account/account.js';

const PRINCIPALS = { app: 'asApp', user: 'asUser', none: 'bare' } as const;

/** A missing grant is the 401 that it came from. */
const outcomeOf = (error: unknown): string => {
  if (error instanceof NeedsAuthenticationError) return String(error.status);
  return error instanceof Error ? error.name : 'failed';
};

/** The app's own middleware: one line a call, with the template and never the filled path. */
export const requestLog = (account: Account): Middleware<Call> => ({
  name: 'request-log',
  wrap: (next) =>
    async function requestLog(call) {
      const start = performance.now();
      const note = (outcome: string, isFine: boolean) =>
        account.call({
          principal: PRINCIPALS[call.principal.kind],
          method: call.method,
          template: call.template,
          outcome,
          isFine,
          ms: performance.now() - start,
        });
      try {
        const response = await next(call);
        note(String(response.status), response.ok);
        return response;
      } catch (error) {
        note(outcomeOf(error), false);
        throw error;
      }
    },
});

export const requestLogPlugin = (account: Account): Plugin => ({
  name: 'request-log',
  register: (registry) => registry.add(OBSERVE, { useValue: requestLog(account) }),
});
