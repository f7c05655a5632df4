import { expect, test } from 'vitest';
import { readRequestOptions, redactHeaders } from '../src/index.js';

const APP = { kind: 'app' } as const;
const POLLUTION = {
  method: 'DELETE',
  headers: { 'x-evil': '1' },
  body: 'evil',
  redirect: 'manual',
  timeout: 1,
  signal: 'evil',
  retry: { limit: 99 },
  authorization: 'Bearer evil',
  cookie: 'evil',
  'x-evil': 'evil',
  'content-type': 'evil/type',
};

const pollute = (): void => {
  for (const [key, value] of Object.entries(POLLUTION)) {
    const descriptor = { value, configurable: true, enumerable: true, writable: true };
    Object.defineProperty(Object.prototype, key, descriptor);
  }
};

// For as long as `read` runs only: test runner and assertions stumble over it too.
const whilePolluted = <T>(read: () => T): T => {
  pollute();
  try {
    return read();
  } finally {
    for (const key of Object.keys(POLLUTION)) Reflect.deleteProperty(Object.prototype, key);
  }
};

test('options are own properties', () => {
  const read = whilePolluted(() => {
    const { method, headers, body, redirect, timeout, signal, options } = readRequestOptions(
      {},
      APP,
    );
    return {
      plain: [method, body, redirect, timeout, signal],
      seen: [headers['x-evil'], headers.authorization, Reflect.get(options, 'retry')],
      names: [Object.keys(headers), Object.keys(options)],
    };
  });
  expect(read).toEqual({
    plain: ['GET', undefined, 'follow', undefined, undefined],
    seen: [undefined, undefined, undefined],
    names: [[], []],
  });
});

test('headers are own properties, and stay the only ones', () => {
  const read = whilePolluted(() => {
    const { headers } = readRequestOptions(
      { method: 'POST', headers: { accept: 'a' }, body: 'x' },
      APP,
    );
    return {
      seen: [headers['x-evil'], headers.cookie, headers.authorization],
      own: Object.entries(headers),
      copied: Object.entries({ ...headers }),
    };
  });
  const own = [
    ['accept', 'a'],
    ['content-type', 'text/plain;charset=UTF-8'],
  ];
  expect(read).toEqual({ seen: [undefined, undefined, undefined], own, copied: own });
});

test('calls without any options share records that are clean too', () => {
  const read = whilePolluted(() => {
    const { headers, options } = readRequestOptions(undefined, APP);
    return [headers['x-evil'], Reflect.get(options, 'retry'), Object.getPrototypeOf(headers)];
  });
  expect(read).toEqual([undefined, undefined, null]);
});

test('redaction shows own headers only', () => {
  expect(whilePolluted(() => Object.keys(redactHeaders({ accept: 'a' })))).toEqual(['accept']);
});

test('the pollution is there, and gone afterwards', () => {
  expect(whilePolluted(() => Reflect.get({}, 'method'))).toBe('DELETE');
  expect(Reflect.get({}, 'method')).toBeUndefined();
});
