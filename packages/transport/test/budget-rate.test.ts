import { type FakeClock, fakeClock, makeResolvedCall } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import '../src/budget/scheduler.js';
import '../src/retry/try-again.js';
import { budget, retry } from '../src/index.js';

interface Server {
  readonly requests: () => number;
  readonly refused: () => number;
  readonly answer: () => Promise<Response>;
}

const later = (clock: FakeClock, ms: number, response: Response) =>
  new Promise<Response>((resolve) => clock.setTimer(() => resolve(response), ms));

const burst = () =>
  new Response(null, {
    status: 429,
    headers: { 'retry-after': '1', 'ratelimit-reason': 'confluence-burst-based' },
  });

/** Answers after `latency` ms what `allows` lets pass as it arrives. */
const serverWith = (clock: FakeClock, latency: number, allows: () => boolean): Server => {
  let requests = 0;
  let refused = 0;
  return {
    requests: () => requests,
    refused: () => refused,
    answer: () => {
      requests += 1;
      if (allows()) return later(clock, latency, new Response('{}'));
      refused += 1;
      return later(clock, latency, burst());
    },
  };
};

const tokenBucket = (clock: FakeClock, rate: number, capacity: number) => {
  let tokens = capacity;
  let at = clock.monotonic();
  return () => {
    const now = clock.monotonic();
    tokens = Math.min(capacity, tokens + ((now - at) * rate) / 1000);
    at = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
};

const fixedWindow = (clock: FakeClock, rate: number) => {
  let second = -1;
  let left = 0;
  return () => {
    const now = Math.floor(clock.monotonic() / 1000);
    if (now !== second) [second, left] = [now, rate];
    left -= 1;
    return left >= 0;
  };
};

/** All calls at once through retry and budget; the seconds that they took. */
const readAll = async (clock: FakeClock, server: Server, calls: number): Promise<number> => {
  const limits = budget({ clock }).wrap(() => server.answer());
  const send = retry({ clock, random: () => 0.5, limit: 10 }).wrap(limits);
  const started = clock.monotonic();
  let ended = started;
  let open = calls;
  const all = Promise.all(
    Array.from({ length: calls }, async (_, i) => {
      const { status } = await send(makeResolvedCall({ path: `/${i}` }));
      open -= 1;
      ended = clock.monotonic();
      return status;
    }),
  );
  while (open > 0) await clock.advance(1000);
  expect(new Set(await all)).toEqual(new Set([200]));
  return (ended - started) / 1000;
};

describe('a rate that nobody publishes is found, and kept to', () => {
  test.each([
    { name: '100 a second', rate: 100, capacity: 100, latency: 150, calls: 3000, share: 0.9 },
    {
      name: 'twice as many saved up',
      rate: 100,
      capacity: 200,
      latency: 50,
      calls: 3000,
      share: 0.9,
    },
    { name: '20 a second', rate: 20, capacity: 20, latency: 100, calls: 1000, share: 0.9 },
    // Each refusal costs a second here, in which nothing is saved up.
    { name: 'few saved up', rate: 200, capacity: 20, latency: 50, calls: 6000, share: 0.65 },
  ])(
    '$name',
    async ({ rate, capacity, latency, calls, share }) => {
      const clock = fakeClock();
      const server = serverWith(clock, latency, tokenBucket(clock, rate, capacity));
      const seconds = await readAll(clock, server, calls);
      expect((calls - capacity) / rate / seconds).toBeGreaterThan(share);
      expect(server.refused() / server.requests()).toBeLessThan(0.035);
    },
    20_000,
  );

  test('also where it is counted by the second', async () => {
    const clock = fakeClock();
    const server = serverWith(clock, 50, fixedWindow(clock, 100));
    const seconds = await readAll(clock, server, 3000);
    expect(29 / seconds).toBeGreaterThan(0.7);
    expect(server.refused() / server.requests()).toBeLessThan(0.035);
  }, 20_000);

  test('a limit that is raised is found', async () => {
    const clock = fakeClock();
    let rate = 50;
    let allows = tokenBucket(clock, rate, 50);
    clock.setTimer(() => {
      rate = 100;
      allows = tokenBucket(clock, rate, 100);
    }, 20_000);
    const server = serverWith(clock, 50, () => allows());
    // 1000 at 50 a second, then 5000 that take 50 s at 100 a second and 100 s at the old rate.
    expect(await readAll(clock, server, 6000)).toBeLessThan(95);
  }, 20_000);
});
