import { NetworkError, RedirectError, TimeoutError } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { defaultStrategies, type RetryOutcome } from '../src/index.js';
import { decideRetry } from '../src/retry/decide-retry.js';
import { RETRY_DEFAULTS } from '../src/retry/retry-options.js';

const nowMs = Date.UTC(2030, 0, 1);
const info = { attempts: 1, template: '/x' };

const answer = (status: number, headers: Record<string, string> = {}): RetryOutcome => ({
  response: { status, headers: new Headers(headers) },
});

const LOCK = '{"message":"ConflictException: javax.persistence.OptimisticLockException: Batch"}';

const conflict = (text: string): RetryOutcome => ({
  response: { status: 409, headers: new Headers() },
  text,
});

const failed = (options: Partial<ConstructorParameters<typeof NetworkError>[1]>): RetryOutcome => ({
  error: new NetworkError('x', { ...info, ...options }),
});

const decide = (
  outcome: RetryOutcome,
  {
    method = 'GET',
    isIdempotent = method === 'GET',
    number = 1,
    jitter = 1,
    remaining = Number.POSITIVE_INFINITY,
    settings = {},
  }: {
    method?: string;
    isIdempotent?: boolean;
    number?: number;
    jitter?: number;
    remaining?: number;
    settings?: Partial<typeof RETRY_DEFAULTS>;
  } = {},
) =>
  decideRetry(defaultStrategies, { number, method, isIdempotent, nowMs }, outcome, {
    settings: { ...RETRY_DEFAULTS, ...settings },
    jitter,
    remaining,
  });

const POST = { method: 'POST' };
const settled = { kind: 'settled' };
const wait = (ms: number) => ({ kind: 'wait', ms });

describe('what is worth another attempt', () => {
  test.each([
    ['200', answer(200), {}, settled],
    ['200 with Data Center’s retry-after', answer(200, { 'retry-after': '0' }), {}, settled],
    ['400', answer(400), {}, settled],
    ['401', answer(401), {}, settled],
    ['404 with a retry-after', answer(404, { 'retry-after': '1' }), {}, settled],
    ['409', answer(409), {}, settled],
    ['409 OptimisticLockException', conflict(LOCK), {}, wait(500)],
    ['409 OptimisticLockException, POST', conflict(LOCK), POST, settled],
    ['409 version', conflict('{"title":"Version must be incremented"}'), {}, settled],
    ['409 both', conflict(`${LOCK} Version must be incremented`), {}, settled],
    ['400 OptimisticLockException', { ...answer(400), text: LOCK } as RetryOutcome, {}, settled],
    ['500', answer(500), {}, settled],
    ['501', answer(501), {}, settled],
    ['429 GET', answer(429), {}, wait(2000)],
    ['429 POST', answer(429), POST, wait(2000)],
    ['502 GET', answer(502), {}, wait(500)],
    ['503 GET', answer(503), {}, wait(500)],
    ['504 GET', answer(504), {}, wait(500)],
    ['503 with both', answer(503, { 'retry-after': '1', 'beta-retry-after': '2' }), {}, wait(2500)],
    [
      '503 with a quota’s end, which comes with any answer',
      answer(503, { 'x-ratelimit-reset': '2030-01-01T01:00Z' }),
      {},
      wait(500),
    ],
    [
      '409 OptimisticLockException with a wait',
      { ...answer(409, { 'retry-after': '3' }), text: LOCK } as RetryOutcome,
      {},
      wait(3500),
    ],
    ['502 POST', answer(502), POST, settled],
    ['503 POST', answer(503), POST, settled],
    ['503 POST marked idempotent', answer(503), { ...POST, isIdempotent: true }, wait(500)],
    ['not sent, POST', failed({ sent: 'no' }), POST, wait(500)],
    ['maybe sent, GET', failed({ sent: 'unknown' }), {}, wait(500)],
    ['maybe sent, POST', failed({ sent: 'unknown' }), POST, settled],
    ['an untrusted certificate', failed({ sent: 'no', retryable: false }), {}, settled],
    ['a timeout', { error: new TimeoutError('x', info) }, {}, settled],
    ['a refused redirect', { error: new RedirectError('x', info) }, {}, settled],
    ['an error of somebody else’s', { error: new Error('x') }, {}, settled],
    ['no error at all', { error: undefined }, {}, settled],
  ] as const)('%s', (_name, outcome, options, expected) =>
    expect(decide(outcome, options)).toEqual(expected),
  );
});

describe('when', () => {
  const soon = { 'retry-after': '10' };

  test('the server’s seconds are the least, with jitter on top', () => {
    expect(decide(answer(429, soon), { jitter: 0 })).toEqual(wait(10_000));
    expect(decide(answer(503, soon), { jitter: 0.5 })).toEqual(wait(10_250));
  });

  test('a date counts from the server’s clock, else from ours', () => {
    const after = { 'retry-after': 'Tue, 01 Jan 2030 00:00:30 GMT' };
    expect(decide(answer(429, after), { jitter: 0 })).toEqual(wait(30_000));
    const date = 'Tue, 01 Jan 2030 00:00:20 GMT';
    expect(decide(answer(429, { ...after, date }), { jitter: 0 })).toEqual(wait(10_000));
  });

  test('a 429 without Retry-After: what tells when the limit ends', () => {
    const at = (headers: Record<string, string>) => decide(answer(429, headers), { jitter: 0 });
    expect(at({ 'beta-retry-after': '5' })).toEqual(wait(5000));
    expect(at({ 'beta-retry-after': '5', 'retry-after': '3' })).toEqual(wait(5000));
    expect(at({ 'x-ratelimit-reset': '2030-01-01T00:02Z' })).toEqual(wait(120_000));
    expect(at({ 'x-ratelimit-reset': '2030-01-01T00:02Z', 'retry-after': '3' })).toEqual(
      wait(3000),
    );
    const spent = '"a";r=0;t=30, "global-app-quota";r=0;t=40, "b";r=5;t=900';
    expect(at({ 'beta-ratelimit': spent })).toEqual(wait(40_000));
    expect(at({ 'beta-ratelimit': '"a";r=0;t=' })).toEqual(wait(0));
  });

  test('a 503 heeds Retry-After only: the hour of a quota is not its own', () => {
    expect(decide(answer(503, { 'x-ratelimit-reset': '2030-01-01T01:00Z' }))).toEqual(wait(500));
  });

  test('nonsense and a time that has passed fall back to jitter', () => {
    expect(decide(answer(429, { 'retry-after': 'soon' }), { jitter: 0.25 })).toEqual(wait(500));
    expect(decide(answer(429, { 'retry-after': '-5' }), { jitter: 0.25 })).toEqual(wait(500));
    expect(decide(answer(429, { 'retry-after': '0' }), { jitter: 0.5 })).toEqual(wait(250));
  });

  test('our own waits double up to maxDelay, times the jitter', () => {
    const ms = [1, 2, 3, 4, 9].map((number) =>
      decide(answer(503), { number, settings: { limit: 10 } }),
    );
    expect(ms).toEqual([500, 1000, 2000, 4000, 10_000].map(wait));
    expect(decide(answer(503), { jitter: 0 })).toEqual(wait(0));
  });

  test('the limit counts the first attempt', () => {
    expect(decide(answer(503), { number: 2 })).toMatchObject({ kind: 'wait' });
    expect(decide(answer(503), { number: 3 })).toEqual(settled);
    expect(decide(answer(429), { settings: { limit: 1 } })).toEqual(settled);
  });

  test('a wait of the server’s past the deadline or maxWait is too long, never shortened', () => {
    const tooLong = { kind: 'too-long', afterMs: 10_000 };
    expect(decide(answer(429, soon), { remaining: 10_000 })).toEqual(tooLong);
    expect(decide(answer(429, soon), { settings: { maxWait: 9999 } })).toEqual(tooLong);
    expect(decide(answer(429, soon), { settings: { maxWait: 10_000 } })).toEqual(wait(10_000));
    // 30 days: a timer of that length would fire at once.
    const month = answer(429, { 'retry-after': '2592000' });
    expect(decide(month)).toMatchObject({ kind: 'too-long' });
    const minutes = { 'retry-after': '61' };
    expect(decide(answer(503, minutes))).toMatchObject({ kind: 'too-long' });
    expect(decide(answer(429, minutes), { jitter: 0 })).toEqual(wait(61_000));
  });

  test('jitter leaves time before the deadline', () => {
    expect(decide(answer(429, soon), { remaining: 10_100 })).toEqual(wait(10_050));
  });

  test('a wait of our own past the deadline is not begun', () => {
    expect(decide(answer(503), { remaining: 500 })).toEqual(settled);
    expect(decide(answer(503), { remaining: 501 })).toEqual(wait(500));
    expect(decide(answer(503), { remaining: -1, jitter: 0 })).toEqual(settled);
  });
});
