import { describe, expect, test } from 'vitest';
import {
  ATTEMPT,
  AUTH,
  BUDGET,
  CLOCK,
  CONSENT,
  composePipeline,
  createRegistry,
  OBSERVE,
  type Plugin,
  RESOLVE,
  RETRY,
  TRANSPORT,
} from '../src/di/index.js';
import { type AnywhereMiddleware, factsOf, noRetry, Secret, systemClock } from '../src/index.js';
import { auth, makeCall, resolve, terminal } from './support/fill.js';

const named = (name: string): AnywhereMiddleware => ({
  name,
  wrap: (next) => (call) => next(call),
});

const chain: Plugin = {
  name: 'chain',
  register(registry) {
    registry.provide(RESOLVE, { useValue: resolve });
    registry.provide(RETRY, { useValue: noRetry });
    registry.provide(AUTH, { useValue: auth });
    registry.provide(TRANSPORT, { useValue: terminal });
  },
};

test('each token fills its slot', async () => {
  const registry = createRegistry({ plugins: [chain] });
  registry.add(ATTEMPT, { useValue: named('attempt') });
  registry.add(BUDGET, { useValue: named('budget') });
  registry.add(CONSENT, { useValue: named('consent') });
  registry.add(OBSERVE, { useValue: named('observe-1') });
  registry.add(OBSERVE, { useValue: named('observe-2') });
  const pipeline = composePipeline(registry);
  expect(
    pipeline
      .explain()
      .split('\n')
      .map((line) => line.split(/\s+/).slice(0, 2).join(' ')),
  ).toEqual([
    'observe observe-1',
    'observe observe-2',
    'resolve resolve',
    'consent consent',
    'retry no-retry',
    'budget budget',
    'auth auth',
    'attempt attempt',
    'transport terminal',
  ]);
  expect(await (await pipeline.send(makeCall())).text()).toBe('ok');
});

test('the container is not asked again once the chain is built', async () => {
  let asked = 0;
  const registry = createRegistry({ plugins: [chain] });
  registry.container.beforeResolution(
    TRANSPORT,
    () => {
      asked += 1;
    },
    { frequency: 'Always' },
  );
  const { send } = composePipeline(registry);
  const before = asked;
  await send(makeCall());
  expect(asked).toBe(before);
});

test("the registry's clock says whether a credential had expired", async () => {
  const registry = createRegistry({ plugins: [chain] });
  registry.provide(CLOCK, { useValue: { ...systemClock, now: () => 5000 } });
  registry.replace(AUTH, {
    useValue: {
      name: 'auth',
      wrap: (next) => (call) =>
        next({
          ...call,
          credential: { authorization: new Secret('x'), base: call.base, expiresAt: 4000 },
        }),
    },
  });
  expect(factsOf(await composePipeline(registry).send(makeCall()))?.sentWith).toBe('expired');
});

describe('what is wrong is found when the chain is built', () => {
  test('an empty slot', () => {
    const registry = createRegistry({ plugins: [] });
    expect(() => composePipeline(registry)).toThrow('Nobody provides TRANSPORT');
  });

  test.each([
    [
      'a middleware where the terminal belongs',
      TRANSPORT,
      named('x'),
      '`transport` holds something without a `send`',
    ],
    ['a string', OBSERVE, 'observe', '`observe` holds something without a `wrap`'],
    ['a number', BUDGET, 7, '`budget` holds something without a `wrap`'],
  ])('what reached the container untyped: %s', (_what, token, value, message) => {
    const registry = createRegistry({ plugins: [] });
    const { container } = registry;
    if (token !== TRANSPORT) chain.register(registry);
    else {
      registry.provide(RESOLVE, { useValue: resolve });
      registry.provide(RETRY, { useValue: noRetry });
      registry.provide(AUTH, { useValue: auth });
    }
    container.register(token as symbol, { useValue: value });
    expect(() => composePipeline(registry)).toThrow(message);
  });

  test('a slot that was filled typed and untyped, naming both', () => {
    const registry = createRegistry({ plugins: [chain] });
    registry.container.registerInstance(RETRY as symbol, { ...noRetry, name: 'other-retry' });
    expect(() => composePipeline(registry)).toThrow(
      'RETRY is provided more than once: by `no-retry` and `other-retry`.',
    );
  });

  test('a name twice, from two plugins', () => {
    const twin: Plugin = {
      name: 'twin',
      register: (to) => to.add(OBSERVE, { useValue: named('auth') }),
    };
    const registry = createRegistry({ plugins: [chain, twin] });
    expect(() => composePipeline(registry)).toThrow(
      '`auth` stands in the chain twice: in `observe` and in `auth`.',
    );
  });
});
