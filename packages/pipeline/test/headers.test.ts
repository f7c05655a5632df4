import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import {
  type HeadersInput,
  headerRefusal,
  type Principal,
  readRequestOptions,
} from '../src/index.js';

const APP: Principal = { kind: 'app' };
const USER: Principal = { kind: 'user' };
const NOBODY: Principal = { kind: 'none' };

const read = (headers: unknown, principal: Principal = APP): Record<string, string> => ({
  ...readRequestOptions({ headers: headers as HeadersInput }, principal, '/x/{}').headers,
});

const refusalOf = (headers: unknown, principal: Principal = APP): Error => {
  try {
    read(headers, principal);
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was accepted');
};

describe('what is read', () => {
  test.each<[string, unknown, Record<string, string>]>([
    ['an object', { Accept: 'a', 'X-B': 'c' }, { accept: 'a', 'x-b': 'c' }],
    ['a Headers', new Headers({ Accept: 'a' }), { accept: 'a' }],
    ['a list of pairs', [['Accept', 'a']], { accept: 'a' }],
    [
      'a name given twice',
      [
        ['accept', 'a'],
        ['Accept', 'b'],
      ],
      { accept: 'a, b' },
    ],
    ['a name in two spellings', { accept: 'a', Accept: 'b' }, { accept: 'a, b' }],
    ['numbers and booleans', { 'x-n': 7, 'x-b': false }, { 'x-n': '7', 'x-b': 'false' }],
    ['outer white space', { 'x-a': ' \t a b \t ' }, { 'x-a': 'a b' }],
    ['Latin-1', { 'x-a': 'caf\u00e9\u00a0' }, { 'x-a': 'caf\u00e9\u00a0' }],
    ['an empty value', { 'x-a': '' }, { 'x-a': '' }],
    ['nothing', undefined, {}],
    ['null', null, {}],
  ])('%s', (_what, given, expected) => {
    expect(read(given)).toEqual(expected);
  });

  test('into a record without prototype', () => {
    const { headers } = readRequestOptions({ headers: { accept: 'a' } }, APP);
    expect(Object.getPrototypeOf(headers)).toBeNull();
  });

  test('a header called __proto__ is a header', () => {
    const { headers } = readRequestOptions({ headers: [['__proto__', 'x']] }, APP);
    expect(Object.entries(headers)).toEqual([['__proto__', 'x']]);
  });
});

const CANARY = 'canary-value';

const expectRefused = (name: string, principal: Principal): void => {
  const spellings = [name, name.toUpperCase()];
  for (const spelling of spellings) {
    const given: unknown[] = [{ [spelling]: CANARY }, [[spelling, CANARY]]];
    for (const headers of given) {
      const error = refusalOf(headers, principal);
      expect(error).toMatchObject({
        name: 'RequestError',
        code: 'REQUEST_INVALID',
        field: `headers.${name}`,
        message: expect.stringContaining(headerRefusal(name, principal) ?? 'no refusal'),
        template: '/x/{}',
      });
      expect(`${inspect(error)}${JSON.stringify(error)}${error.stack}`).not.toContain(CANARY);
    }
  }
};

describe('what the transport sets is refused, by whomever', () => {
  test.each([
    'host',
    'content-length',
    'transfer-encoding',
    'connection',
    'keep-alive',
    'upgrade',
    'te',
    'trailer',
    'expect',
    'proxy-authorization',
    'proxy-connection',
    'proxy-anything',
  ])('%s', (name) => {
    for (const principal of [APP, USER, NOBODY]) expectRefused(name, principal);
  });
});

describe('what would replace the credential is refused under asApp and asUser', () => {
  test.each(['authorization', 'cookie'])('%s', (name) => {
    for (const principal of [APP, USER]) expectRefused(name, principal);
    expect(read({ [name]: 'own' }, NOBODY)).toEqual({ [name]: 'own' });
    expect(headerRefusal(name, NOBODY)).toBeUndefined();
  });
});

describe('what would break the line', () => {
  test.each([
    'a\r\nx: y',
    'a\nb',
    'a\rb',
    'token\n',
    '\r\ntoken',
    'a\u0000b',
    'a\u001bb',
    'a\u007fb',
    '\u65e5\u672c',
    '\u010a',
  ])('%j', (tail) => {
    const error = refusalOf({ 'x-a': CANARY + tail });
    expect(error).toMatchObject({ field: 'headers.x-a' });
    expect(`${inspect(error)}${JSON.stringify(error)}${error.stack}`).not.toContain(CANARY);
  });

  test.each(['', 'a b', 'a:', 'a\r\nb', 'a\u0000', '\u00e4', '(a)', 'a/b'])(
    'the name %j',
    (name) => {
      const error = refusalOf({ [name]: CANARY });
      expect(error).toMatchObject({
        field: 'headers',
        message: expect.stringContaining('field name'),
      });
    },
  );
});

describe('what is no header at all', () => {
  test.each<[string, unknown]>([
    ['a string', 'accept: a'],
    ['a number', 7],
    ['a list of strings', ['ab']],
    ['a list of longer entries', [['a', 'b', 'c']]],
    ['a list of nothing', [undefined]],
    ['a value that is an object', { 'x-a': { toString: () => 'a' } }],
    ['a value that is a list', { 'x-a': ['a'] }],
    ['undefined as a value', { 'x-a': undefined }],
  ])('%s', (_what, headers) => {
    expect(refusalOf(headers)).toMatchObject({ code: 'REQUEST_INVALID' });
  });
});
