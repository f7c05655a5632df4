import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRequestOptions } from '../src/index.js';
import { anyText } from './support/any-text.js';

const APP = { kind: 'app' } as const;
const readMethod = (method: unknown): string =>
  readRequestOptions({ method } as { method: string }, APP).method;

test.each([
  [undefined, 'GET'],
  ['GET', 'GET'],
  ['get', 'GET'],
  ['post', 'POST'],
  ['Patch', 'PATCH'],
  ['delete', 'DELETE'],
  ['options', 'OPTIONS'],
  ['PROPFIND', 'PROPFIND'],
  ['propfind', 'propfind'],
  ["!#$%&'*+-.^_`|~", "!#$%&'*+-.^_`|~"],
])('%s becomes %s', (given, method) => {
  expect(readMethod(given)).toBe(method);
});

test.each(['CONNECT', 'connect', 'TRACE', 'Trace', 'TRACK', 'track'])('%s is refused', (method) => {
  expect(() => readMethod(method)).toThrow(`method: ${method.toUpperCase()} is not allowed`);
});

test.each([
  '',
  ' GET',
  'GET ',
  'GE T',
  'GET\r\n',
  'GET\u0000',
  'G\u00cbT',
  'GET/1',
  'a:b',
  'a,b',
  '"GET"',
  null,
  7,
  {},
  ['GET'],
])('%j is no method', (method) => {
  expect(() => readMethod(method)).toThrow(
    expect.objectContaining({ code: 'REQUEST_INVALID', field: 'method' }),
  );
});

test('whatever is read is a token of RFC 9110', () => {
  fc.assert(
    fc.property(anyText(8), (text) => {
      try {
        expect(readMethod(text)).toMatch(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/);
      } catch (error) {
        expect(error).toMatchObject({ code: 'REQUEST_INVALID' });
      }
    }),
  );
});
