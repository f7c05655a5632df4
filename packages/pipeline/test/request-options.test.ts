import { describe, expect, test } from 'vitest';
import { isReplayable, type RequestOptions, readRequestOptions } from '../src/index.js';

const APP = { kind: 'app' } as const;
const read = (options: unknown) => readRequestOptions(options as RequestOptions, APP, '/x/{}');

describe('defaults', () => {
  test.each([
    undefined,
    null,
    {},
    { method: undefined, body: null, signal: null, redirect: undefined },
  ])('%j is a plain GET', (options) => {
    const { method, headers, redirect, body, signal, timeout, options: own } = read(options);
    expect({
      method,
      headers: { ...headers },
      redirect,
      body,
      signal,
      timeout,
      own: { ...own },
    }).toEqual({
      method: 'GET',
      headers: {},
      redirect: 'follow',
      body: undefined,
      signal: undefined,
      timeout: undefined,
      own: {},
    });
  });
});

test('what is given is read', () => {
  const { signal } = new AbortController();
  expect(read({ redirect: 'manual', signal, timeout: 5 })).toMatchObject({
    redirect: 'manual',
    signal,
    timeout: 5,
  });
  expect(read({ timeout: false }).timeout).toBe(false);
});

test.each<[string, unknown]>([
  ['options', 'GET'],
  ['redirect', { redirect: 'never' }],
  ['redirect', { redirect: null }],
  ['signal', { signal: {} }],
  ['signal', { signal: new AbortController() }],
  ['timeout', { timeout: 0 }],
  ['timeout', { timeout: -1 }],
  ['timeout', { timeout: Number.NaN }],
  ['timeout', { timeout: Number.POSITIVE_INFINITY }],
  ['timeout', { timeout: '5' }],
  ['timeout', { timeout: 2 ** 31 }],
  ['body', { body: 'x' }],
  ['body', { method: 'head', body: '' }],
  ['body', { method: 'POST', body: { a: 1 } }],
  ['body', { method: 'POST', body: 7 }],
  ['body', { method: 'POST', body: [1] }],
])('%s is refused: %j', (field, options) => {
  expect(() => read(options)).toThrow(
    expect.objectContaining({ code: 'REQUEST_INVALID', field, template: '/x/{}' }),
  );
});

test("every other key is a middleware's option, without prototype", () => {
  const retry = { limit: 0 };
  const { options } = read({ method: 'POST', retry, budget: false, headers: {}, timeout: 1 });
  expect({ ...options }).toEqual({ retry, budget: false });
  expect(Object.getPrototypeOf(options)).toBeNull();
});

test('only own properties count', () => {
  const inherited = Object.create({ method: 'DELETE', retry: {}, body: 'x' });
  const { method, body, options } = read(inherited);
  expect([method, body, { ...options }]).toEqual(['GET', undefined, {}]);
});

test('a getter is read once, so that no check is fooled', () => {
  let reads = 0;
  const options = {
    get method() {
      reads += 1;
      return reads === 1 ? 'POST' : 'TRACE';
    },
  };
  expect(read(options).method).toBe('POST');
  expect(reads).toBe(1);
});

describe('body', () => {
  const post = (body: unknown, headers?: Record<string, string>) =>
    read({ method: 'POST', body, ...(headers && { headers }) });

  test.each<[string, unknown, string | undefined]>([
    ['a string', 'x', 'text/plain;charset=UTF-8'],
    [
      'URLSearchParams',
      new URLSearchParams('a=b'),
      'application/x-www-form-urlencoded;charset=UTF-8',
    ],
    ['a Blob with a type', new Blob(['x'], { type: 'image/png' }), 'image/png'],
    ['a Blob without', new Blob(['x']), undefined],
    ['bytes', new Uint8Array(1), undefined],
    ['a form, whose boundary is made per attempt', new FormData(), undefined],
    ['a stream', new ReadableStream(), undefined],
    ['a function', () => new ReadableStream(), undefined],
  ])('the content type of %s', (_what, body, type) => {
    expect(post(body).headers['content-type']).toBe(type);
    expect(post(body, { 'Content-Type': 'my/type' }).headers['content-type']).toBe('my/type');
  });

  test('bytes are copied, so that changing the buffer later changes no attempt', () => {
    const buffer = new Uint8Array([1, 2, 3, 4, 5]);
    const given = [buffer, buffer.subarray(1, 3), buffer.buffer, new DataView(buffer.buffer, 1, 2)];
    const bodies = given.map((body) => post(body).body as Uint8Array);
    buffer.fill(9);
    expect(bodies.map((bytes) => [...bytes])).toEqual([
      [1, 2, 3, 4, 5],
      [2, 3],
      [1, 2, 3, 4, 5],
      [2, 3],
    ]);
  });

  test('URLSearchParams are copied', () => {
    const params = new URLSearchParams({ a: '1' });
    const { body } = post(params);
    params.set('a', '2');
    expect(body).toBe('a=1');
  });

  test('a shared buffer is copied', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(2));
    const { body } = post(shared);
    shared.fill(7);
    expect([...(body as Uint8Array)]).toEqual([0, 0]);
    expect((body as Uint8Array).buffer).toBeInstanceOf(ArrayBuffer);
  });

  test('only a stream is one shot', () => {
    expect(isReplayable(new ReadableStream())).toBe(false);
    for (const body of ['x', new Uint8Array(), new FormData(), new Blob(), undefined]) {
      expect(isReplayable(body)).toBe(true);
    }
    expect(isReplayable(() => new ReadableStream())).toBe(true);
  });
});
