import { NetworkError } from '@tributary/pipeline';
import { fakeClock, makeResolvedCall } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { type RetryOptions, retry } from '../src/index.js';
import { failure } from './support/calls.js';

const A = 'https://a.example/';
const B = 'https://b.example/';

const lost = () => new NetworkError('cut', { attempts: 1, template: '/x' });

/** A server that answers `status`, or loses the connection for 0; its calls are sent once each. */
const bench = (options: RetryOptions = {}) => {
  const clock = fakeClock();
  const server: { status: number; calls: number; failWith?: Error } = { status: 503, calls: 0 };
  const send = retry({
    clock,
    random: () => 1,
    limit: 1,
    quota: 4,
    cooldown: 1000,
    ...options,
  }).wrap(async () => {
    server.calls += 1;
    if (server.failWith !== undefined) throw server.failWith;
    if (server.status === 0) throw lost();
    return new Response(null, { status: server.status });
  });
  const to = (base: string) =>
    send(makeResolvedCall({ base })).then(
      (response) => response.status,
      (error: { code: string }) => error.code,
    );
  return { clock, server, to, send };
};

const times = async <T>(count: number, work: () => Promise<T>): Promise<T[]> => {
  const results: T[] = [];
  for (let i = 0; i < count; i += 1) results.push(await work());
  return results;
};

describe('a server that keeps failing', () => {
  test.each([503, 0])('%d: is left alone when the quota is spent', async (status) => {
    const { clock, server, to, send } = bench();
    server.status = status;
    await times(4, () => to(A));
    expect(server.calls).toBe(4);
    expect(await times(3, () => to(A))).toEqual(Array(3).fill('SERVER_UNAVAILABLE'));
    expect(server.calls).toBe(4);
    expect(await failure(send(makeResolvedCall({ base: A })))).toMatchObject({
      sent: 'no',
      retryable: true,
      attempts: 0,
      retryAfterMs: 1000,
      template: '/wiki/api/v2/pages/{}',
    });
    expect(clock.pending).toBe(0);
  });

  test('others are not', async () => {
    const { to } = bench();
    await times(4, () => to(A));
    expect(await to(B)).toBe(503);
  });

  test('one call looks whether it is back; the next look comes later', async () => {
    const { clock, server, to } = bench();
    await times(4, () => to(A));
    for (const pause of [1000, 2000, 4000]) {
      await clock.advance(pause - 1);
      expect(await to(A)).toBe('SERVER_UNAVAILABLE');
      await clock.advance(1);
      expect(await Promise.all([to(A), to(A), to(A)])).toEqual([
        503,
        'SERVER_UNAVAILABLE',
        'SERVER_UNAVAILABLE',
      ]);
    }
    expect(server.calls).toBe(7);
  });

  test('an answer to the probe opens the way for all', async () => {
    const { clock, server, to } = bench();
    await times(4, () => to(A));
    await clock.advance(1000);
    server.status = 404;
    expect(await Promise.all([to(A), to(A)])).toEqual([404, 'SERVER_UNAVAILABLE']);
    expect(await times(5, () => to(A))).toEqual(Array(5).fill(404));
  });

  test('a probe that is given up makes room for the next', async () => {
    const { clock, server, to, send } = bench();
    await times(4, () => to(A));
    await clock.advance(1000);
    const reason = new Error('enough');
    server.failWith = reason;
    expect(await failure(send(makeResolvedCall({ base: A })))).toBe(reason);
    Object.assign(server, { failWith: undefined, status: 200 });
    expect(await to(A)).toBe(200);
  });

  test('answers in between give back: one failure in four calls closes nothing', async () => {
    const { server, to } = bench();
    for (let i = 0; i < 50; i += 1) {
      server.status = i % 4 === 0 ? 503 : 200;
      expect(await to(A)).toBe(server.status);
    }
  });

  test('429 and other answers are no failures', async () => {
    const { server, to } = bench();
    server.status = 429;
    expect(await times(10, () => to(A))).toEqual(Array(10).fill(429));
  });

  test('a call that waits to try again is not sent when the way has closed meanwhile', async () => {
    const { clock, server, to, send } = bench({ limit: 3, baseDelay: 500, quota: 2 });
    const sending = failure(send(makeResolvedCall({ base: A })));
    await clock.advance(100);
    // The second failure of all, and the last one that the quota allows.
    expect(await to(A)).toBe(503);
    await clock.advance(400);
    expect(await sending).toMatchObject({
      code: 'SERVER_UNAVAILABLE',
      attempts: 1,
      sent: 'yes',
      waitedMs: 500,
    });
    expect(server.calls).toBe(2);
  });

  test('a call that asks for no retry is its own', async () => {
    const { server, to, send } = bench();
    await times(4, () => to(A));
    const options = { retry: false } as const;
    expect((await send(makeResolvedCall({ base: A, options }))).status).toBe(503);
    expect(server.calls).toBe(5);
  });

  test('Infinity turns it off', async () => {
    const { to } = bench({ quota: Number.POSITIVE_INFINITY });
    expect(await times(200, () => to(A))).toEqual(Array(200).fill(503));
  });
});
