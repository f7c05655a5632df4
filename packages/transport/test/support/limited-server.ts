import { type FakeClock, makeResolvedCall } from '@tributary/testing';
import { expect } from 'vitest';
import '../../src/budget/scheduler.js';
import '../../src/retry/try-again.js';
import { budget, retry } from '../../src/index.js';

export interface LimitedServer {
  readonly requests: () => number;
  readonly refused: () => number;
  readonly answer: () => Promise<Response>;
}

/** What a server lets pass, and what its answers tell of that. */
export interface Allowance {
  readonly take: () => boolean;
  readonly headers?: () => Record<string, string>;
}

const later = (clock: FakeClock, ms: number, response: Response) =>
  new Promise<Response>((resolve) => clock.setTimer(() => resolve(response), ms));

const burst = () =>
  new Response(null, {
    status: 429,
    headers: { 'retry-after': '1', 'ratelimit-reason': 'confluence-burst-based' },
  });

/** Answers after `latency` ms what passes as it arrives. */
export const serverWith = (
  clock: FakeClock,
  latency: number,
  { take, headers = () => ({}) }: Allowance,
): LimitedServer => {
  let requests = 0;
  let refused = 0;
  return {
    requests: () => requests,
    refused: () => refused,
    answer: () => {
      requests += 1;
      if (take()) return later(clock, latency, new Response('{}', { headers: headers() }));
      refused += 1;
      return later(clock, latency, burst());
    },
  };
};

/** So many a second, and at most `capacity` at once. */
export const tokenBucket = (clock: FakeClock, rate: number, capacity: number) => {
  let tokens = capacity;
  let at = clock.monotonic();
  const refill = () => {
    const now = clock.monotonic();
    tokens = Math.min(capacity, tokens + ((now - at) * rate) / 1000);
    at = now;
  };
  const take = () => {
    refill();
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
  /** As Cloud's answers do. */
  const headers = () => {
    refill();
    return {
      'x-ratelimit-limit': `${rate}`,
      'x-ratelimit-remaining': `${Math.floor(tokens)}`,
    };
  };
  return { take, headers };
};

/** All calls at once through retry and budget; the seconds that they took. */
export const readAll = async (
  clock: FakeClock,
  server: LimitedServer,
  calls: number,
): Promise<number> => {
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
