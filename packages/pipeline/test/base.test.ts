import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLoopback, isUnderBase, normaliseBase, urlUnderBase } from '../src/index.js';
import { anyText } from './support/any-text.js';

test.each([
  ['localhost', true],
  ['app.localhost', true],
  ['127.0.0.1', true],
  ['127.255.255.254', true],
  ['[::1]', true],
  ['localhost.example', false],
  ['notlocalhost', false],
  ['127.0.0.1.example', false],
  ['0.0.0.0', false],
  ['10.0.0.1', false],
  ['[::]', false],
  ['', false],
])('isLoopback(%s) is %s', (host, is) => {
  expect(isLoopback(host)).toBe(is);
});

describe('normaliseBase', () => {
  test.each([
    ['https://a.atlassian.net', 'https://a.atlassian.net/'],
    ['HTTPS://A.Atlassian.NET:443/', 'https://a.atlassian.net/'],
    ['https://h.example/any/context', 'https://h.example/any/context/'],
    ['https://h.example/a/../b/', 'https://h.example/b/'],
    ['http://localhost:8090/wiki', 'http://localhost:8090/wiki/'],
    ['http://127.1/', 'http://127.0.0.1/'],
    ['http://[::1]:1', 'http://[::1]:1/'],
    [' https://h.example ', 'https://h.example/'],
  ])('%s', (given, base) => {
    expect(normaliseBase(given, 'site')).toBe(base);
  });

  test.each([
    ['', 'no URL'],
    ['a.atlassian.net', 'no URL'],
    ['/wiki', 'no URL'],
    ['http://a.example', 'must be https'],
    ['http://0.0.0.0', 'must be https'],
    ['ftp://a.example', 'must be https'],
    ['javascript:alert(1)', 'must be https'],
    ['https://user:canary@a.example', 'must not hold a user name'],
    ['https://canary@a.example', 'must not hold a user name'],
    ['https://a.example/?token=canary', 'must not hold a query'],
    ['https://a.example/#canary', 'must not hold a query or fragment'],
  ])('%s is refused, without showing it', (given, message) => {
    const normalise = () => normaliseBase(given, 'site');
    expect(normalise).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID', field: 'site' }));
    expect(normalise).toThrow(message);
    expect(normalise).not.toThrow('canary');
  });
});

const BASE = 'https://api.example/ex/confluence/1/';

describe('urlUnderBase', () => {
  test.each([
    ['/wiki/api/v2/pages?limit=1', 'wiki/api/v2/pages?limit=1'],
    ['wiki', 'wiki'],
    ['/', ''],
    ['', ''],
    ['/a/../b', 'b'],
    ['/a%2Fb', 'a%2Fb'],
    ['/a/%2e%2e/b', 'b'],
    ['/a/..%2fb', 'a/..%2fb'],
    ['/%252e%252e/x', '%252e%252e/x'],
    ['/x?next=../../2', 'x?next=../../2'],
    ['/x?y=%2e%2e%2f', 'x?y=%2e%2e%2f'],
    ['//other.example/x', '/other.example/x'],
    ['/https://other.example/', 'https://other.example/'],
    ['/@other.example', '@other.example'],
    ['/a;v=1/b', 'a;v=1/b'],
    ['/a/..;x/b', 'a/..;x/b'],
  ])('%s', (path, expected) => {
    expect(urlUnderBase(BASE, path).href).toBe(BASE + expected);
  });

  test.each([
    '/..',
    '/../',
    '/../2/x',
    '/a/../../2',
    '/%2e%2e/2',
    '/%2E%2e/2',
    '/.%2e/2',
    '/%2e./2',
    '\\..\\..\\2',
    '/..\\2',
    '/..%2f2',
    '/..%5c2',
    '/%2e%2e%2f2',
    '/%2e%2e%5C2',
    '/a%2f..%2f..%2f2',
    '/a/..%2f../2',
    '/.\t./2',
    '/.\n.\r/2',
    '/..;/2',
    '/..;a=b/2',
    '/%2e%2e;/2',
    '/..%3b/2',
    '/%2e%2e%3Bx%2f2',
    '/.;/..;/2',
  ])('%j leaves the base', (path) => {
    expect(() => urlUnderBase(BASE, path, '/{}')).toThrow(
      expect.objectContaining({ code: 'OUT_OF_BASE', template: '/{}' }),
    );
  });

  test('the message shows no path', () => {
    expect(() => urlUnderBase(BASE, '/../canary')).not.toThrow('canary');
  });

  test('a base without its last slash is no base: it begins other hosts too', () => {
    expect(() => urlUnderBase('https://a.example', '/.evil.example/')).toThrow('leads out');
    expect(isUnderBase(new URL('https://a.example/10/'), 'https://a.example/1')).toBe(false);
  });
});

test.each([
  ['https://api.example/ex/confluence/1/x', true],
  ['https://api.example/ex/confluence/1/', true],
  ['https://api.example/ex/confluence/1', false],
  ['https://api.example/ex/confluence/10/', false],
  ['https://api.example/ex/confluence/2/', false],
  ['https://api.example:444/ex/confluence/1/', false],
  ['http://api.example/ex/confluence/1/', false],
  ['https://api.example.evil/ex/confluence/1/', false],
  ['https://u:p@api.example/ex/confluence/1/', false],
  ['https://API.example/ex/confluence/1/x', true],
])('%s is under the base: %s', (url, is) => {
  expect(isUnderBase(new URL(url), BASE)).toBe(is);
});

describe('no path ever leaves the base', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ...[
        '..',
        '.',
        '/',
        '\\',
        '%2e',
        '%2E',
        '%2f',
        '%2F',
        '%5c',
        '%5C',
        '%3b',
        ';',
        '%252e',
        '%25',
      ],
      ...[
        '//',
        '?',
        '#',
        '@',
        ':',
        '\t',
        '\n',
        '\r',
        ' ',
        '%',
        '%2',
        '\u0000',
        'a',
        'wiki',
        '\ud800',
      ],
      ...['https://other.example/', '&', '=', '%00', '%0a', '\uff0e', '\u2024', '\u2215'],
    ),
    anyText(3),
  );
  const path = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));

  /** As a server may read it: once decoded, parameters of segments dropped, then normalised. */
  const asRead = (url: URL): string => {
    const decoded = url.pathname.replace(/%([0-7][0-9a-f])/gi, (_, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    const segments: string[] = [];
    for (const segment of decoded.replaceAll('\\', '/').split('/').slice(1)) {
      const name = segment.replace(/;.*$/s, '');
      if (name === '..') segments.pop();
      else if (name !== '.') segments.push(segment);
    }
    return `/${segments.join('/')}`;
  };

  test.each([BASE, 'https://a.example/', 'http://127.0.0.1:8090/any/context/'])('%s', (base) => {
    const { origin, pathname } = new URL(base);
    fc.assert(
      fc.property(path, (tail) => {
        let url: URL;
        try {
          url = urlUnderBase(base, tail);
        } catch (error) {
          expect(error).toMatchObject({ code: 'OUT_OF_BASE' });
          return;
        }
        expect(url.origin).toBe(origin);
        expect(url.href.startsWith(base)).toBe(true);
        expect([url.username, url.password]).toEqual(['', '']);
        expect(`${asRead(url)}/`.startsWith(pathname)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});
