import {
  type AnywhereMiddleware,
  type AttemptCall,
  type Call,
  inheritFacts,
  type Middleware,
  NetworkError,
  type ResolvedCall,
  sleep,
} from '@tributary/pipeline';
import { describe, test } from 'vitest';
import {
  type MiddlewareServices,
  type MiddlewareSlot,
  middlewareConformance,
  type SlotMiddleware,
  staticProvider,
} from '../src/index.js';
import { expectFailures } from './expect-failures.js';

const passThrough: AnywhereMiddleware = {
  name: 'pass-through',
  wrap: (next) => (call) => next(call),
};

/** A retry slot as it should be: two attempts on a failure that invites one. */
const goodRetry = ({ clock }: MiddlewareServices): Middleware<ResolvedCall, AttemptCall> => ({
  name: 'good-retry',
  wrap: (next) =>
    async function goodRetry(call) {
      const first = await next({ ...call, attempt: 1 });
      if (first.status < 429 || call.body instanceof ReadableStream) return first;
      await first.body?.cancel();
      await sleep(clock, 1000, call.signal);
      return next({ ...call, attempt: 2 });
    },
});

const rewriting: AnywhereMiddleware = {
  name: 'rewriting',
  wrap: (next) => async (call) => {
    const response = await next(call);
    const copy = new Response(response.body, response);
    inheritFacts(response, copy);
    return copy;
  },
};

describe('what is right passes', () => {
  const cases = [
    ...middlewareConformance({ slot: 'observe', create: () => passThrough }),
    ...middlewareConformance({ slot: 'consent', create: () => passThrough }),
    ...middlewareConformance({ slot: 'budget', create: () => rewriting }),
    ...middlewareConformance({ slot: 'attempt', create: () => passThrough }),
    ...middlewareConformance({ slot: 'retry', create: goodRetry }),
    ...middlewareConformance({
      slot: 'resolve',
      create: () => ({
        name: 'resolve',
        wrap: (next) => (call) =>
          next({
            ...call,
            base: call.site.url,
            provider: staticProvider({ base: call.site.url }),
          }),
      }),
    }),
    ...middlewareConformance({
      slot: 'auth',
      create: () => ({
        name: 'auth',
        wrap: (next) => async (call) => {
          const credential = await call.provider.credential(call);
          const response = await next({ ...call, credential });
          if (response.status !== 401 || call.body instanceof ReadableStream) return response;
          if (credential === undefined || call.provider.renew === undefined) return response;
          const renewed = await call.provider.renew(call, credential, response);
          await response.body?.cancel();
          return next({ ...call, credential: renewed === 'unchanged' ? credential : renewed });
        },
      }),
    }),
  ];
  for (const { name, run } of cases) test(name, run);
});

describe('what is wrong fails, and nothing else', () => {
  const broken = <S extends MiddlewareSlot>(
    title: string,
    slot: S,
    create: (services: MiddlewareServices) => SlotMiddleware<S>,
    expected: readonly string[],
  ) =>
    expectFailures(
      title,
      middlewareConformance({ slot, create }),
      expected.map((name) => `${slot}: ${name}`),
    );

  broken(
    'it ignores the signal',
    'observe',
    () => ({
      name: 'deaf',
      wrap: (next) => (call) => {
        const { signal: _, ...rest } = call;
        return next(rest);
      },
    }),
    ['an abort ends a call that is under way', 'a call that is aborted beforehand is not sent'],
  );

  broken(
    'it leaves its listener',
    'observe',
    () => ({
      name: 'clinging',
      wrap: (next) => (call) => {
        call.signal?.addEventListener('abort', () => {});
        return next(call);
      },
    }),
    ['an abort ends a call that is under way', 'no listener is left on the signal'],
  );

  broken(
    'it keeps the call in the middleware',
    'observe',
    () => {
      let last: Call | undefined;
      return {
        name: 'stateful',
        wrap: (next) => async (call) => {
          last = call;
          await Promise.resolve();
          return next(last);
        },
      };
    },
    ['concurrent calls share no state'],
  );

  broken(
    'it keeps next in the instance',
    'observe',
    () => {
      let send: ((call: Call) => Promise<Response>) | undefined;
      return {
        name: 'single-chain',
        wrap: (next) => {
          send = next;
          return (call) => send?.(call) ?? next(call);
        },
      };
    },
    ['one instance serves two chains'],
  );

  broken(
    'it writes into the call',
    'observe',
    () => ({
      name: 'writing',
      wrap: (next) => (call) => {
        Reflect.set(call.headers, 'x-added', 'yes');
        return next(call);
      },
    }),
    ['the call is not changed'],
  );

  broken(
    'it leaves a timer',
    'observe',
    ({ clock }) => ({
      name: 'ticking',
      wrap: (next) => (call) => {
        clock.setTimer(() => {}, 2 ** 40);
        return next(call);
      },
    }),
    ['no timer is left behind'],
  );

  broken(
    'it forgets the body that it discards, and sends a stream twice',
    'retry',
    () => ({
      name: 'wasteful',
      wrap: (next) => async (call) => {
        const first = await next({ ...call, attempt: 1 });
        return first.status < 429 ? first : next({ ...call, attempt: 2 });
      },
    }),
    ['a discarded body is cancelled before the next request', 'a body stream is sent once'],
  );

  broken(
    'it reads the body of the answer',
    'observe',
    () => ({
      name: 'greedy',
      wrap: (next) => async (call) => {
        const response = await next(call);
        if (!response.ok) await response.text();
        return response;
      },
    }),
    ['a discarded body is cancelled before the next request'],
  );

  broken(
    'it forgets the facts',
    'observe',
    () => ({
      name: 'forgetful',
      wrap: (next) => async (call) => {
        const response = await next(call);
        return new Response(response.body, response);
      },
    }),
    ['the facts of an answer reach the outside'],
  );

  broken(
    'it replaces errors',
    'observe',
    () => ({
      name: 'swallowing',
      wrap: (next) => (call) =>
        next(call).catch((error: unknown) => {
          if (call.signal?.aborted) throw error;
          throw new NetworkError('failed', { attempts: 1, template: call.template });
        }),
    }),
    ['errors are passed on'],
  );

  broken(
    'it logs the path',
    'observe',
    ({ logger }) => ({
      name: 'talkative',
      wrap: (next) => (call) => {
        logger.info('sending', { path: call.path });
        return next(call);
      },
    }),
    ['no secret is shown'],
  );

  broken(
    'its errors carry the request',
    'attempt',
    () => ({
      name: 'telling',
      wrap: (next) => (call) =>
        next(call).catch((error: unknown) => {
          if (call.signal?.aborted || !(error instanceof TypeError)) throw error;
          throw Object.assign(error, { headers: call.headers });
        }),
    }),
    ['no secret is shown'],
  );
});
