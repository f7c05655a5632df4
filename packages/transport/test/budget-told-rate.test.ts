import { NetworkError } from '@tributary/pipeline';
import { fakeClock, makeAttemptCall } from '@tributary/testing';
import { assert, asyncProperty, integer, record } from 'fast-check';
import { describe, expect, test } from 'vitest';
import '../src/budget/scheduler.js';
import { budget } from '../src/index.js';
import { failure } from './support/calls.js';
import { readAll, serverWith, tokenBucket } from './support/limited-server.js';

describe('a burst limit that answers tell', () => {
  test.each([
    { name: '100 a second', rate: 100, capacity: 100, latency: 150, calls: 1500 },
    { name: 'twice as many saved up', rate: 100, capacity: 200, latency: 50, calls: 1500 },
    { name: 'few saved up', rate: 200, capacity: 40, latency: 50, calls: 2000 },
    { name: '20 a second', rate: 20, capacity: 20, latency: 100, calls: 400 },
  ])(
    'is used up and never exceeded: $name',
    async ({ rate, capacity, latency, calls }) => {
      const clock = fakeClock();
      const server = serverWith(clock, latency, tokenBucket(clock, rate, capacity));
      const seconds = await readAll(clock, server, calls);
      expect(server.refused()).toBe(0);
      expect((calls - capacity) / rate / seconds).toBeGreaterThan(0.97);
    },
    20_000,
  );

  test('whatever it is: only calls of the first round are refused', async () => {
    const limits = record({
      rate: integer({ min: 5, max: 500 }),
      capacity: integer({ min: 16, max: 500 }),
      latency: integer({ min: 0, max: 300 }),
    });
    await assert(
      asyncProperty(limits, async ({ rate, capacity, latency }) => {
        const clock = fakeClock();
        const server = serverWith(clock, latency, tokenBucket(clock, rate, capacity));
        await readAll(clock, server, 150);
        expect(server.refused()).toBe(0);
      }),
      { numRuns: 12 },
    );
  });
});

/** A budget whose server's answers the test gives. */
const bench = () => {
  const clock = fakeClock();
  const answers: { resolve: (response: Response) => void; reject: (error: Error) => void }[] = [];
  const handler = budget({ clock }).wrap(
    () => new Promise((resolve, reject) => answers.push({ resolve, reject })),
  );
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  const told = (remaining: number, status = 200, more: Record<string, string> = {}) =>
    new Response(null, {
      status,
      headers: { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': `${remaining}`, ...more },
    });
  return {
    clock,
    sent: () => answers.length,
    send: (template = '/a', deadline?: number) => {
      const more = deadline === undefined ? {} : { deadline: clock.monotonic() + deadline };
      const sending = handler(makeAttemptCall({ template, ...more }));
      sending.catch(() => {});
      return sending;
    },
    answer: (index: number, remaining: number, status?: number, more?: Record<string, string>) => {
      answers[index]?.resolve(told(remaining, status, more));
      return settle();
    },
    fail: (index: number) => {
      answers[index]?.reject(
        new NetworkError('cut', { attempts: 1, template: '/a', sent: 'unknown' }),
      );
      return settle();
    },
    settle,
  };
};

/** What the first call of an endpoint leaves. */
const afterFirst = async (remaining: number) => {
  const it = bench();
  it.send();
  await it.settle();
  await it.answer(0, remaining);
  return it;
};

describe('what an answer leaves', () => {
  test('of much holds nobody back', async () => {
    const it = await afterFirst(9);
    for (let i = 0; i < 15; i += 1) it.send();
    expect(it.sent()).toBe(16);
  });

  test('of little lets that many begin, and then one for each that comes back', async () => {
    const it = await afterFirst(2);
    for (let i = 0; i < 5; i += 1) it.send();
    expect(it.sent()).toBe(3);
    await it.clock.advance(99);
    expect(it.sent()).toBe(3);
    await it.clock.advance(5);
    expect(it.sent()).toBe(4);
    await it.clock.advance(200);
    expect(it.sent()).toBe(6);
  });

  test('is what others left, too', async () => {
    const it = await afterFirst(4);
    it.send();
    // Others have drawn three meanwhile.
    await it.answer(1, 0);
    it.send();
    await it.clock.advance(99);
    expect(it.sent()).toBe(2);
    await it.clock.advance(5);
    expect(it.sent()).toBe(3);
  });

  test('is not raised by an answer that was overtaken', async () => {
    const it = await afterFirst(4);
    for (let i = 0; i < 4; i += 1) it.send();
    await it.answer(4, 0);
    await it.answer(1, 3);
    it.send();
    expect(it.sent()).toBe(5);
  });

  test('is that endpoint’s alone', async () => {
    const it = await afterFirst(0);
    it.send('/a');
    it.send('/b');
    expect(it.sent()).toBe(2);
  });

  test('is given back by calls that fail', async () => {
    const it = await afterFirst(2);
    it.send();
    it.send();
    await it.fail(1);
    await it.fail(2);
    await it.clock.advance(5000);
    for (let i = 0; i < 12; i += 1) it.send();
    expect(it.sent()).toBe(15);
  });

  test('tells a call at once that its deadline comes too early', async () => {
    const it = await afterFirst(0);
    expect(await failure(it.send('/a', 50))).toMatchObject({
      code: 'RATE_LIMITED',
      reason: 'burst',
      retryAfterMs: 100,
    });
    expect((await Promise.race([it.send('/b', 50), 'sent'])) as unknown).toBe('sent');
  });

  test('is nothing when a call is refused all the same, and nothing is learned from that', async () => {
    const it = await afterFirst(3);
    it.send();
    const reset = { 'x-ratelimit-reset': '2030-01-01T00:00Z' };
    const reason = { 'ratelimit-reason': 'confluence-burst-based', 'retry-after': '1' };
    await it.answer(1, 0, 429, { ...reset, ...reason });
    for (let i = 0; i < 8; i += 1) it.send();
    await it.clock.advance(999);
    expect(it.sent()).toBe(2);
    await it.clock.advance(1);
    // A second's calls came back meanwhile.
    expect(it.sent()).toBe(10);
  });
});
