import {
  type AttemptCall,
  ConfigError,
  NetworkError,
  RateLimitedError,
  RequestError,
  type ResolvedCall,
} from '@tributary/pipeline';
import { type FakeClock, fakeClock, makeResolvedCall } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { type RetryOptions, retry } from '../src/index.js';
import { failure } from './support/calls.js';

type Answer = Response | Error;

const status = (code: number, headers: Record<string, string> = {}) =>
  new Response(String(code), { status: code, headers });

const bench = (answers: readonly Answer[], options: RetryOptions = {}) => {
  const clock: FakeClock = fakeClock();
  const attempts: { readonly call: AttemptCall; readonly at: number }[] = [];
  const { send } = {
    send: retry({ clock, random: () => 0, ...options }).wrap((call) => {
      attempts.push({ call, at: clock.monotonic() });
      const answer = answers[attempts.length - 1];
      if (answer === undefined) throw new Error('Nobody expected another attempt.');
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    }),
  };
  return {
    clock,
    attempts,
    send: (overrides: Partial<ResolvedCall> = {}) => send(makeResolvedCall(overrides)),
  };
};

/** Moves the clock on until the work is done. */
const drive = async <T>(clock: FakeClock, work: Promise<T>): Promise<T> => {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  work.then(done, done);
  while (!isDone) await clock.advance(100);
  return work;
};

const down = (options: object = {}) =>
  new NetworkError('down', { attempts: 1, template: '/x', ...options });

describe('retry', () => {
  test('attempts are counted, and the last answer is returned', async () => {
    const { clock, attempts, send } = bench([status(503), status(429), status(503)]);
    const response = await drive(clock, send());
    expect(await response.text()).toBe('503');
    expect(attempts.map(({ call }) => call.attempt)).toEqual([1, 2, 3]);
  });

  test('it waits as long as the server says, on the clock', async () => {
    const { clock, attempts, send } = bench([status(429, { 'retry-after': '7' }), status(200)]);
    const sending = send();
    await clock.advance(6999);
    expect(attempts).toHaveLength(1);
    await clock.advance(1);
    expect((await sending).status).toBe(200);
  });

  test('the body of a discarded answer is cancelled before the next attempt', async () => {
    let isCancelled = false;
    const body = new ReadableStream({
      cancel: () => {
        isCancelled = true;
      },
    });
    const { clock, send } = bench([new Response(body, { status: 503 }), status(200)]);
    await drive(clock, send());
    expect(isCancelled).toBe(true);
  });

  test('a POST: on 429, on a connection that never was, when its caller marks it', async () => {
    const body = '{}';
    for (const first of [status(429), down({ sent: 'no' })]) {
      const { clock, attempts, send } = bench([first, status(200)]);
      await drive(clock, send({ method: 'POST', body }));
      expect(attempts).toHaveLength(2);
    }
    const marked = bench([down(), status(503), status(200)]);
    const options = { retry: { idempotent: true } };
    await drive(marked.clock, marked.send({ method: 'POST', body, options }));
    expect(marked.attempts).toHaveLength(3);

    const error = down();
    const unmarked = bench([error]);
    expect(await failure(unmarked.send({ method: 'POST', body }))).toBe(error);
  });

  test('a stream is never sent twice; what it got is handed on', async () => {
    const error = down({ sent: 'no' });
    const stream = () => new Blob(['x']).stream();
    expect((await bench([status(429)]).send({ method: 'PUT', body: stream() })).status).toBe(429);
    expect(await failure(bench([error]).send({ method: 'PUT', body: stream() }))).toBe(error);
  });

  test('a factory is sent again', async () => {
    const { clock, attempts, send } = bench([status(429), status(200)]);
    await drive(clock, send({ method: 'PUT', body: () => new Blob(['x']).stream() }));
    expect(attempts).toHaveLength(2);
  });

  test('a 429 that asks for more than the deadline fails at once', async () => {
    const { clock, attempts, send } = bench([status(429, { 'retry-after': '30' })]);
    const error = await failure(send({ deadline: clock.monotonic() + 30_000 }));
    expect(error).toBeInstanceOf(RateLimitedError);
    expect(error).toMatchObject({ retryAfterMs: 30_000, attempts: 1, sent: 'yes' });
    expect(attempts).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test('maxWait is the cap where there is one, of the middleware or of the call', async () => {
    const minutes = () => status(429, { 'retry-after': '120' });
    const capped = bench([minutes()], { maxWait: 119_999 });
    expect(await failure(capped.send())).toBeInstanceOf(RateLimitedError);
    const patient = bench([minutes(), status(200)], { maxWait: 119_999 });
    const options = { retry: { maxWait: 200_000 } };
    expect((await drive(patient.clock, patient.send({ options }))).status).toBe(200);
  });

  test('a call without a deadline waits out a quota', async () => {
    const hour = bench([status(429, { 'retry-after': '3000' }), status(200)]);
    expect((await drive(hour.clock, hour.send())).status).toBe(200);
    expect(hour.attempts[1]?.at).toBeGreaterThanOrEqual(3_000_000);
  });

  test('a RateLimitedError says which limit it was, and until when', async () => {
    const headers = { 'x-ratelimit-reset': '2030-01-01T01:00Z' };
    const quota = { ...headers, 'ratelimit-reason': 'confluence-quota-global-based' };
    const { clock, send } = bench([status(429, quota)]);
    expect(await failure(send({ deadline: clock.monotonic() + 30_000 }))).toMatchObject({
      retryAfterMs: 3_600_000,
      reason: 'global-quota',
      resetAt: Date.UTC(2030, 0, 1, 1),
    });
  });

  test('answers and errors know how long the call waited', async () => {
    const { clock, attempts, send } = bench([status(429, { 'retry-after': '7' }), down()]);
    const error = await drive(clock, failure(send({ options: { retry: { limit: 2 } } })));
    expect(error).toMatchObject({ waitedMs: 7000 });
    expect(attempts.map(({ call }) => call.waitedMs)).toEqual([undefined, 7000]);
  });

  test('an error tells whether any attempt may have reached the server', async () => {
    const lost = bench([down({ sent: 'unknown' }), down({ sent: 'no' }), down({ sent: 'no' })]);
    expect(await drive(lost.clock, failure(lost.send()))).toMatchObject({ sent: 'unknown' });
    const answered = bench([status(503), down({ sent: 'no' }), down({ sent: 'no' })]);
    expect(await drive(answered.clock, failure(answered.send()))).toMatchObject({ sent: 'yes' });
    const never = bench([down({ sent: 'no' }), down({ sent: 'no' }), down({ sent: 'no' })]);
    expect(await drive(never.clock, failure(never.send()))).toMatchObject({ sent: 'no' });
  });

  describe('a 409', () => {
    const conflict = (text: string) => new Response(text, { status: 409 });
    const spurious = JSON.stringify({
      statusCode: 409,
      message: 'ConflictException: javax.persistence.OptimisticLockException: Batch update …',
    });
    const version = JSON.stringify({
      errors: [{ status: 409, code: 'CONFLICT', title: 'Version must be incremented' }],
    });

    test('of the spurious kind is tried again, unless the call must not be sent twice', async () => {
      const put = bench([conflict(spurious), status(200)]);
      expect((await drive(put.clock, put.send({ method: 'PUT', body: '{}' }))).status).toBe(200);
      const post = bench([conflict(spurious)]);
      expect((await post.send({ method: 'POST', body: '{}' })).status).toBe(409);
    });

    test('of another kind is handed on, its body whole', async () => {
      const long = `${version}${' '.repeat(100_000)}`;
      for (const text of [version, `${spurious}${version}`, '', long]) {
        const { clock, send } = bench([conflict(text)]);
        const response = await drive(clock, send({ method: 'PUT', body: '{}' }));
        expect(await response.text()).toBe(text);
        expect(clock.pending).toBe(0);
      }
    });

    test('whose body does not come is handed on, and so is one that is cut', async () => {
      const silent = new ReadableStream({ pull: () => new Promise(() => {}) });
      const cut = new ReadableStream({ pull: (controller) => controller.error(new Error('cut')) });
      for (const body of [silent, cut]) {
        const { clock, send } = bench([new Response(body, { status: 409 })]);
        expect((await drive(clock, send({ method: 'PUT' }))).status).toBe(409);
      }
    });
  });

  test('a 503 that asks for more than a minute is returned, its body untouched', async () => {
    const { send } = bench([status(503, { 'retry-after': '3600' })]);
    expect(await (await send()).text()).toBe('503');
  });

  test('a call may say how often, or not at all', async () => {
    expect((await bench([status(503)]).send({ options: { retry: false } })).status).toBe(503);
    expect((await bench([status(503)]).send({ options: { retry: { limit: 1 } } })).status).toBe(
      503,
    );
    const more = bench([status(503), status(503), status(503), status(200)]);
    const options = { retry: { limit: 4 } };
    expect((await drive(more.clock, more.send({ options }))).status).toBe(200);
  });

  test.each([
    ['limit', 0],
    ['baseDelay', -1],
    ['maxDelay', Number.NaN],
    ['maxWait', -1],
    ['quota', 0],
    ['cooldown', -1],
  ])('%s: %d is refused', async (name, value) => {
    expect(() => retry({ [name]: value })).toThrow(ConfigError);
    if (name === 'limit' || name === 'maxWait') {
      const error = await failure(bench([]).send({ options: { retry: { [name]: value } } }));
      expect(error).toBeInstanceOf(RequestError);
    }
  });

  test('other methods, and strategies of one’s own', async () => {
    const put = bench([status(503)], { methods: ['GET'] });
    expect((await put.send({ method: 'PUT' })).status).toBe(503);
    const own = bench([status(500), status(200)], {
      strategies: [(_attempt, { response }) => (response?.status === 500 ? {} : undefined)],
    });
    expect((await drive(own.clock, own.send())).status).toBe(200);
  });

  test('an abort ends a wait with the signal’s reason, and leaves nothing behind', async () => {
    const { clock, send } = bench([status(429, { 'retry-after': '10' })]);
    const controller = new AbortController();
    const sending = failure(send({ signal: controller.signal }));
    await clock.advance(1);
    expect(clock.pending).toBe(1);
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await sending).toBe(reason);
    expect(clock.pending).toBe(0);
  });

  test('after an abort nothing is tried again', async () => {
    const error = down({ sent: 'no' });
    const { attempts, send } = bench([error]);
    expect(await failure(send({ signal: AbortSignal.abort() }))).toBe(error);
    expect(attempts).toHaveLength(1);
  });
});
