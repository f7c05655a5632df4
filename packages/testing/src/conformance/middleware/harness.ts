import {
  type AttemptCall,
  type AuthenticatedCall,
  type AuthProvider,
  type Call,
  createPipeline,
  type Logger,
  type Middleware,
  noRetry,
  type Pipeline,
  type Random,
  type ResolvedCall,
  Secret,
  type Slots,
  type Terminal,
} from '@tributary/pipeline';
import { makeCall } from '../../calls/make-call.js';
import { type CollectedLogs, collectLogs } from '../../fakes/collect-logs.js';
import { type FakeClock, fakeClock } from '../../fakes/fake-clock.js';
import { CANARY } from '../canaries.js';
import type { Awaitable } from '../conformance-case.js';

export type MiddlewareSlot = Exclude<keyof Slots, 'transport'>;

/** What fills a slot, one or each of a list. */
export type SlotMiddleware<S extends MiddlewareSlot> =
  NonNullable<Slots[S]> extends readonly (infer M)[] ? M : NonNullable<Slots[S]>;

/** What the kit hands over: time stands still but for what a case needs, and log lines are searched. */
export interface MiddlewareServices {
  readonly clock: FakeClock;
  readonly logger: Logger;
  readonly random: Random;
}

export interface MiddlewareConformanceOptions<S extends MiddlewareSlot> {
  readonly slot: S;
  /** A new middleware; called at least once per case. */
  readonly create: (services: MiddlewareServices) => Awaitable<SlotMiddleware<S>>;
  /** What the calls have to look like for it: site, principal, invocation, options. */
  readonly call?: Partial<Call>;
}

/** A middleware in its slot, the other slots filled with the least that works. */
export interface Bench extends AsyncDisposable {
  readonly clock: FakeClock;
  readonly logs: CollectedLogs;
  /** Another chain with the same middleware. */
  chain(terminal: Terminal): Pipeline;
  call(overrides?: Partial<Call>): Call;
}

const LIST_SLOTS: ReadonlySet<MiddlewareSlot> = new Set([
  'observe',
  'consent',
  'budget',
  'attempt',
]);

const provider: AuthProvider = {
  kind: 'conformance',
  endpoint: (call) => call.site.url,
  credential: ({ base }) => ({ authorization: new Secret(CANARY.authorization), base }),
  renew: async ({ base }) => ({ authorization: new Secret(CANARY.renewed), base }),
};

const resolve: Middleware<Call, ResolvedCall> = {
  name: 'conformance-resolve',
  wrap: (next) => (call) => next(Object.freeze({ ...call, provider, base: call.site.url })),
};

const retry: Middleware<ResolvedCall, AttemptCall> = {
  name: 'conformance-retry',
  wrap: (next) => noRetry.wrap((call) => next(Object.freeze(call))),
};

const auth: Middleware<AttemptCall, AuthenticatedCall> = {
  name: 'conformance-auth',
  wrap: (next) => (call) => {
    const { base } = call;
    const credential = { authorization: new Secret(CANARY.authorization), base };
    return next(Object.freeze({ ...call, credential }));
  },
};

export const openBench = async <S extends MiddlewareSlot>(
  options: MiddlewareConformanceOptions<S>,
): Promise<Bench> => {
  const clock = fakeClock();
  const logs = collectLogs();
  const services = { clock, logger: logs, random: () => 0.5 };
  const middleware = (await options.create(services)) as Pick<Terminal, 'dispose'>;
  const filled = LIST_SLOTS.has(options.slot) ? [middleware] : middleware;
  let disposal: Promise<void> | undefined;
  return {
    clock,
    logs,
    chain: (transport) =>
      createPipeline({ resolve, retry, auth, transport, [options.slot]: filled } as Slots, {
        clock,
      }),
    call: (overrides) => {
      const given = { ...options.call, ...overrides };
      return makeCall({
        path: `/wiki/api/v2/pages/42?token=${CANARY.query}`,
        ...given,
        site: Object.freeze({ ...(given.site ?? makeCall().site) }),
        principal: Object.freeze({ ...(given.principal ?? makeCall().principal) }),
        headers: { 'x-api-key': CANARY.header, ...given.headers },
      });
    },
    [Symbol.asyncDispose]: () => {
      disposal ??= Promise.resolve(middleware.dispose?.());
      return disposal;
    },
  };
};
