import {
  type AttemptCall,
  ConfigError,
  NetworkError,
  RateLimitedError,
  type Site,
  TimeoutError,
} from '@tributary/pipeline';
import {
  type FakeClock,
  fakeClock,
  makeAttemptCall,
  middlewareConformance,
  staticProvider,
} from '@tributary/testing';
import { describe, expect, test } from 'vitest';
// What budget loads on first use, so that it takes none of the clock's time.
import '../src/budget/scheduler.js';
import { type BudgetOptions, budget, QueueFullError } from '../src/index.js';
import { failure } from './support/calls.js';

const BASE = 'https://a.example/';
const TEMPLATE = '/wiki/api/v2/pages/{}';

interface Sent {
  readonly call: AttemptCall;
  readonly at: number;
  readonly answer: (response?: Response) => Promise<void>;
  readonly fail: (error: Error) => Promise<void>;
}

const status = (code: number, headers: Record<string, string> = {}) =>
  new Response(null, { status: code, headers });

const burst = (headers: Record<string, string> = { 'retry-after': '1' }) =>
  status(429, { 'ratelimit-reason': 'confluence-burst-based', ...headers });

const quota = (scope: 'tenant' | 'global', seconds = 60) =>
  status(429, {
    'ratelimit-reason': `confluence-quota-${scope}-based`,
    'retry-after': `${seconds}`,
  });

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A budget in front of a server whose answers the test gives. */
const bench = (options: BudgetOptions = {}) => {
  const clock: FakeClock = fakeClock();
  const middleware = budget({ clock, ...options });
  const sent: Sent[] = [];
  const handler = middleware.wrap(
    (call) =>
      new Promise<Response>((resolve, reject) => {
        sent.push({
          call,
          at: clock.monotonic(),
          answer: (response = status(200)) => {
            resolve(response);
            return settle();
          },
          fail: (error) => {
            reject(error);
            return settle();
          },
        });
      }),
  );
  const send = (overrides: Partial<AttemptCall> = {}) => {
    const sending = handler(makeAttemptCall({ base: BASE, ...overrides }));
    sending.catch(() => {});
    return sending;
  };
  const at = (index: number): Sent => {
    const found = sent[index];
    if (found === undefined) throw new Error(`Call ${index} was not sent; ${sent.length} were.`);
    return found;
  };
  return {
    clock,
    sent,
    send,
    at,
    middleware,
    paths: () => sent.map(({ call }) => call.path),
    later: (ms: number) => ({ deadline: clock.monotonic() + ms }),
  };
};

const as = (accountId: string): Partial<AttemptCall> => ({
  principal: { kind: 'user', accountId },
});

describe('budget keeps the contract', () => {
  for (const { name, run } of middlewareConformance({
    slot: 'budget',
    create: ({ clock, logger }) => budget({ clock, logger }),
  })) {
    test(name, run);
  }
});

describe('calls under way at a time', () => {
  test('no more than its limit, the rest in order', async () => {
    const { send, sent, at, paths } = bench({ concurrency: 2, maxConcurrency: 2 });
    for (const path of ['/1', '/2', '/3', '/4']) send({ path });
    await settle();
    expect(paths()).toEqual(['/1', '/2']);
    await at(1).answer();
    expect(paths()).toEqual(['/1', '/2', '/3']);
    await at(0).fail(new NetworkError('down', { attempts: 1, template: TEMPLATE }));
    expect(sent).toHaveLength(4);
  });

  /** Answers all that are under way, and tells how many that were. */
  const round = async ({ sent }: ReturnType<typeof bench>, answer: () => Response) => {
    const under = sent.splice(0);
    for (const each of under) await each.answer(answer());
    return under.length;
  };

  test('one more with each round that goes well, up to the most; half after a 429', async () => {
    const it = bench({ concurrency: 2, maxConcurrency: 4 });
    for (let i = 0; i < 100; i += 1) it.send({ path: `/${i}` });
    await settle();
    const rounds: number[] = [];
    for (let i = 0; i < 8; i += 1) rounds.push(await round(it, () => status(200)));
    expect(Math.max(...rounds)).toBe(4);
    expect(rounds[0]).toBe(2);
    expect(rounds.at(-1)).toBe(4);
    // Four refusals at once are one sign.
    await round(it, () => burst());
    await it.clock.advance(1100);
    expect(it.sent).toHaveLength(2);
  });

  test('a limit that nobody reaches does not grow', async () => {
    const it = bench({ concurrency: 3, maxConcurrency: 100 });
    for (let i = 0; i < 50; i += 1) {
      it.send();
      await settle();
      await round(it, () => status(200));
    }
    for (let i = 0; i < 10; i += 1) it.send();
    await settle();
    expect(it.sent).toHaveLength(3);
  });

  test.each([
    ['concurrency', { concurrency: 0 }],
    ['maxConcurrency', { concurrency: 5, maxConcurrency: 4 }],
    ['maxQueue', { maxQueue: Number.NaN }],
  ])('%s out of range is refused', (field, options) => {
    expect(() => budget(options)).toThrow(ConfigError);
    expect(() => budget(options)).toThrow(`budget.${field}`);
  });

  test('sites and apps do not share it', async () => {
    const { send, sent } = bench({ concurrency: 1, maxConcurrency: 1 });
    const other = staticProvider({ base: BASE, kind: 'other' });
    send();
    send();
    send({ base: 'https://b.example/' });
    send({ provider: other });
    await settle();
    expect(sent.map(({ call }) => `${call.base} ${call.provider.kind}`)).toEqual([
      `${BASE} ${sent[0]?.call.provider.kind}`,
      `https://b.example/ ${sent[0]?.call.provider.kind}`,
      `${BASE} other`,
    ]);
  });

  test('providers of one app share it, those of two don’t, whatever their kind', async () => {
    const { send, sent } = bench({ concurrency: 1, maxConcurrency: 1 });
    const of = (kind: string, appKey: string) => ({
      provider: { ...staticProvider({ base: BASE, kind }), appKey },
    });
    send(of('oauth', 'one'));
    send(of('client-credentials', 'one'));
    send(of('oauth', 'two'));
    await settle();
    expect(sent.map(({ call }) => call.provider.appKey)).toEqual(['one', 'two']);
  });

  test('a call without budget waits for nobody, nor for a quota', async () => {
    const { send, sent, at } = bench({ concurrency: 1, maxConcurrency: 1 });
    send({ path: '/1' });
    await settle();
    await at(0).answer(quota('tenant'));
    send({ path: '/2' });
    const free = send({ path: '/3', options: { budget: false } });
    await settle();
    expect(sent.map(({ call }) => call.path)).toEqual(['/1', '/3']);
    await at(1).answer();
    expect((await free).status).toBe(200);
  });

  test('`app` names whose budget it is', async () => {
    const { send, sent } = bench({
      concurrency: 1,
      maxConcurrency: 1,
      app: ({ headers }) => headers['x-app'] ?? '',
    });
    for (const app of ['a', 'b', 'a']) send({ headers: { 'x-app': app } });
    await settle();
    expect(sent.map(({ call }) => call.headers['x-app'])).toEqual(['a', 'b']);
  });

  test('on Data Center each user has a budget, on Cloud the app', async () => {
    for (const [deployment, expected] of [
      ['data-center', 2],
      ['cloud', 1],
    ] as const) {
      const { send, sent } = bench({ concurrency: 1, maxConcurrency: 1 });
      const site: Site = { deployment, url: BASE };
      for (const who of ['anna', 'bert', 'anna']) send({ site, ...as(who) });
      await settle();
      expect(sent).toHaveLength(expected);
    }
  });
});

describe('the queue', () => {
  test('callers take turns, each first come, first served', async () => {
    const it = bench({ concurrency: 1, maxConcurrency: 1 });
    it.send({ path: '/first' });
    for (const i of [1, 2, 3]) it.send({ path: `/anna/${i}`, ...as('anna') });
    for (const i of [1, 2]) it.send({ path: `/bert/${i}`, ...as('bert') });
    it.send({ path: '/app' });
    for (let i = 0; i < 7; i += 1) {
      await settle();
      await it.at(i).answer();
    }
    expect(it.paths()).toEqual([
      '/first',
      '/anna/1',
      '/bert/1',
      '/app',
      '/anna/2',
      '/bert/2',
      '/anna/3',
    ]);
  });

  test('another attempt goes before what its caller began later', async () => {
    const it = bench({ concurrency: 1, maxConcurrency: 1 });
    it.send({ path: '/0' });
    it.send({ path: '/1' });
    it.send({ path: '/again', attempt: 2 });
    await settle();
    await it.at(0).answer();
    expect(it.paths()).toEqual(['/0', '/again']);
  });

  test('is bounded: a typed error, at once', async () => {
    const { clock, send } = bench({ concurrency: 1, maxConcurrency: 1, maxQueue: 2 });
    for (let i = 0; i < 3; i += 1) send();
    const error = await failure(send({ attempt: 2, waitedMs: 5 }));
    expect(error).toBeInstanceOf(QueueFullError);
    expect(error).toMatchObject({ sent: 'no', retryable: true, attempts: 1, waitedMs: 5 });
    expect(clock.pending).toBe(0);
  });

  test('an abort takes a call out, and leaves neither listener nor timer', async () => {
    const it = bench({ concurrency: 1, maxConcurrency: 1 });
    it.send({ path: '/0' });
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = failure(it.send({ signal: controller.signal, ...it.later(5000) }));
    it.send({ path: '/2' });
    await settle();
    controller.abort(reason);
    expect(await waiting).toBe(reason);
    expect(it.clock.pending).toBe(0);
    await it.at(0).answer();
    expect(it.paths()).toEqual(['/0', '/2']);
  });

  test('a deadline that passes takes a call out, not sent', async () => {
    const it = bench({ concurrency: 1, maxConcurrency: 1 });
    it.send();
    const waiting = failure(it.send({ attempt: 2, ...it.later(5000) }));
    await it.clock.advance(5000);
    const error = await waiting;
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ sent: 'no', attempts: 1, waitedMs: 5000 });
    expect(it.sent).toHaveLength(1);
  });

  test('a call knows how long it waited, and so does its error', async () => {
    const it = bench({ concurrency: 1, maxConcurrency: 1 });
    it.send();
    const waiting = failure(it.send({ waitedMs: 10, attempt: 2 }));
    await it.clock.advance(30);
    await it.at(0).answer();
    expect(it.at(1).call.waitedMs).toBe(40);
    await it.at(1).fail(new NetworkError('down', { attempts: 2, template: TEMPLATE }));
    expect(await waiting).toMatchObject({ waitedMs: 40 });
    expect(it.at(0).call.waitedMs).toBeUndefined();
  });

  test('dispose ends the waits', async () => {
    const it = bench({ concurrency: 1, maxConcurrency: 1 });
    it.send();
    await settle();
    await it.at(0).answer(quota('tenant'));
    const waiting = failure(it.send());
    await settle();
    await it.middleware.dispose?.();
    expect(await waiting).toMatchObject({ code: 'CHAIN_INVALID' });
    expect(it.clock.pending).toBe(0);
  });

  test('no timer waits where no call does', async () => {
    const it = bench();
    it.send();
    await settle();
    await it.at(0).answer(quota('global'));
    expect(it.clock.pending).toBe(0);
  });
});

describe('a quota that is spent', () => {
  test('pauses the whole tenant until the server said, and no other', async () => {
    const it = bench();
    it.send();
    await settle();
    await it.at(0).answer(quota('tenant'));
    it.send({ template: '/other/{}' });
    it.send({ base: 'https://b.example/' });
    await it.clock.advance(59_999);
    expect(it.sent.map(({ call }) => call.base)).toEqual([BASE, 'https://b.example/']);
    await it.clock.advance(1);
    expect(it.sent).toHaveLength(3);
    expect(it.at(2).call.waitedMs).toBe(60_000);
  });

  test('a global one pauses the app at all tenants, and no other app', async () => {
    const it = bench();
    it.send();
    await settle();
    await it.at(0).answer(quota('global'));
    it.send();
    it.send({ base: 'https://b.example/' });
    it.send({ provider: staticProvider({ base: BASE, kind: 'other' }) });
    await it.clock.advance(59_999);
    expect(it.sent).toHaveLength(2);
    await it.clock.advance(1);
    expect(it.sent).toHaveLength(4);
  });

  test('a call that can’t wait so long fails at once, also one that stood in the queue', async () => {
    const it = bench({ concurrency: 1, maxConcurrency: 1 });
    it.send();
    const short = failure(it.send(it.later(30_000)));
    const long = it.send(it.later(90_000));
    await settle();
    await it.at(0).answer(quota('global'));
    for (const error of [await short, await failure(it.send(it.later(60_000)))]) {
      expect(error).toBeInstanceOf(RateLimitedError);
      expect(error).toMatchObject({
        reason: 'global-quota',
        retryAfterMs: 60_000,
        resetAt: it.clock.now() + 60_000,
        sent: 'no',
        attempts: 0,
        template: TEMPLATE,
      });
    }
    await it.clock.advance(60_000);
    await it.at(1).answer();
    expect((await long).status).toBe(200);
    expect(it.clock.pending).toBe(0);
  });

  test('a pause is never shortened', async () => {
    const it = bench();
    it.send();
    it.send();
    await settle();
    await it.at(0).answer(quota('tenant', 60));
    await it.at(1).answer(quota('tenant', 10));
    it.send();
    await it.clock.advance(59_999);
    expect(it.sent).toHaveLength(2);
  });

  test('a 429 without timing: longer each time, until one goes well', async () => {
    const it = bench({ concurrency: 1, maxConcurrency: 1 });
    const reason = { 'ratelimit-reason': 'confluence-quota-tenant-based' };
    for (let i = 0; i < 4; i += 1) it.send();
    await settle();
    const times: number[] = [];
    for (let i = 0; i < 4; i += 1) {
      times.push(it.at(i).at);
      await it.at(i).answer(status(429, reason));
      await it.clock.advance(1000 * 2 ** i - 1);
      expect(it.sent).toHaveLength(i + 1);
      await it.clock.advance(1);
    }
    expect(times).toHaveLength(4);
  });
});

describe('a quota that is nearly spent', () => {
  const rest = (remaining: number, seconds: number, name = 'tenant-app-quota') =>
    status(200, { 'beta-ratelimit': `"${name}";r=${remaining};t=${seconds}` });

  test('is not overdrawn: calls wait for those under way, then for the reset', async () => {
    const it = bench();
    it.send();
    await settle();
    await it.at(0).answer(rest(3, 60));
    for (let i = 0; i < 6; i += 1) it.send();
    await settle();
    expect(it.sent).toHaveLength(4);
    await it.at(1).answer(rest(2, 60));
    await it.at(2).answer(rest(1, 60));
    await it.at(3).answer(rest(0, 60));
    await it.clock.advance(59_999);
    expect(it.sent).toHaveLength(4);
    await it.clock.advance(1);
    expect(it.sent).toHaveLength(7);
  });

  test('what a call costs is learned', async () => {
    const it = bench({ concurrency: 1, maxConcurrency: 1 });
    for (let i = 0; i < 9; i += 1) it.send();
    await settle();
    let left = 25;
    for (let i = 0; i < 3; i += 1) {
      await it.at(i).answer(rest(left, 60));
      left -= 10;
    }
    // 5 are left, a call costs 10.
    await it.clock.advance(59_000);
    expect(it.sent).toHaveLength(3);
  });

  test('what a call costs is learned, whichever answer overtakes which', async () => {
    const it = bench({ concurrency: 4, maxConcurrency: 4 });
    for (let i = 0; i < 9; i += 1) it.send();
    await settle();
    // Of four answers the second comes first.
    for (const [i, left] of [20, 30, 10, 0].entries()) await it.at(i).answer(rest(left + 15, 60));
    // 15 are left, and a call costs 10.
    await it.clock.advance(59_000);
    expect(it.sent).toHaveLength(5);
  });

  test('an early rejection waits for what is under way', async () => {
    const it = bench();
    it.send();
    await settle();
    await it.at(0).answer(rest(1, 60));
    it.send();
    // One point is left, and it is not sure yet that the call under way takes it.
    const waiting = it.send(it.later(5000));
    await it.at(1).answer(rest(1, 60));
    await settle();
    expect(it.sent).toHaveLength(3);
    await it.at(2).answer(rest(0, 60));
    expect((await waiting).status).toBe(200);
    expect(await failure(it.send(it.later(5000)))).toMatchObject({ reason: 'tenant-quota' });
  });

  test('a global one is counted over the tenants', async () => {
    const it = bench();
    const b = { base: 'https://b.example/' };
    it.send();
    await settle();
    await it.at(0).answer(rest(2, 60, 'global-app-quota'));
    for (const to of [{}, b, {}, b]) it.send(to);
    await settle();
    expect(it.sent).toHaveLength(3);
    // What a tenant's call gives back lets another tenant's begin.
    await it.at(2).answer(rest(2, 60, 'global-app-quota'));
    expect(it.sent).toHaveLength(4);
  });

  test('an answer that was overtaken does not give back what is spent', async () => {
    const it = bench();
    it.send();
    it.send();
    await settle();
    await it.at(1).answer(rest(0, 60));
    await it.at(0).answer(rest(9, 60));
    it.send();
    await it.clock.advance(59_999);
    expect(it.sent).toHaveLength(2);
  });
});

describe('Data Center’s bucket', () => {
  const site: Site = { deployment: 'data-center', url: BASE };
  const tokens = (remaining: number, extra: Record<string, string> = {}, code = 200) =>
    status(code, {
      'x-ratelimit-limit': '10',
      'x-ratelimit-remaining': `${remaining}`,
      'x-ratelimit-interval-seconds': '5',
      'x-ratelimit-fillrate': '2',
      'retry-after': '0',
      ...extra,
    });

  test('calls wait for the next batch, and then there are as many as it holds', async () => {
    const it = bench();
    it.send({ site });
    await settle();
    await it.at(0).answer(tokens(1));
    for (let i = 0; i < 4; i += 1) it.send({ site });
    await it.clock.advance(4999);
    expect(it.sent).toHaveLength(2);
    await it.clock.advance(1);
    expect(it.sent).toHaveLength(4);
    await it.clock.advance(5000);
    expect(it.sent).toHaveLength(5);
  });

  test('a refusal says when', async () => {
    const it = bench();
    it.send({ site });
    await settle();
    await it.at(0).answer(tokens(0, { 'retry-after': '3' }, 429));
    it.send({ site });
    await it.clock.advance(2999);
    expect(it.sent).toHaveLength(1);
    await it.clock.advance(5000);
    expect(it.sent).toHaveLength(2);
  });
});

describe('a burst', () => {
  test('holds back its endpoint and method, and nothing else', async () => {
    const it = bench();
    it.send();
    await settle();
    await it.at(0).answer(burst());
    it.send({ path: '/held' });
    it.send({ path: '/put', method: 'PUT' });
    it.send({ path: '/other', template: '/wiki/api/v2/spaces' });
    await it.clock.advance(999);
    expect(it.paths().slice(1)).toEqual(['/put', '/other']);
    await it.clock.advance(501);
    expect(it.paths().slice(1)).toEqual(['/put', '/other', '/held']);
  });

  test('calls of the endpoint that stand in the queue are held too', async () => {
    const it = bench({ concurrency: 1, maxConcurrency: 1 });
    it.send();
    it.send({ path: '/held' });
    it.send({ path: '/other', template: '/wiki/api/v2/spaces' });
    await settle();
    await it.at(0).answer(burst());
    expect(it.paths().slice(1)).toEqual(['/other']);
  });
});
