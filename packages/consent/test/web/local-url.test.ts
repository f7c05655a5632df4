import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localUrl } from '../../src/web/local-url.js';

const ORIGIN = 'https://app.example.com';

describe('localUrl', () => {
  it.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/%09/evil.example',
    '/%2f/evil.example',
    '/%2Fevil.example',
    '/%5cevil.example',
    '/%252f/evil.example',
    '/..//evil.example',
    '/./\\evil.example',
    '/a/..//evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    '@evil.example/',
    ':80@evil.example/',
    '.evil.example/',
    '',
    ' /',
    undefined,
    7,
  ])('refuses %j', (value) => {
    expect(localUrl(ORIGIN, value)).toBeUndefined();
  });

  it.each([
    ['/', '/'],
    ['/pages?id=1&q=a%5Cb//c', '/pages?id=1&q=a%5Cb//c'],
    ['/a//b', '/a//b'],
    ['/search?q=a\\b', '/search?q=a\\b'],
    ['/files/a%2Fb', '/files/a%2Fb'],
    ['/h%C3%A4ll#part', '/h%C3%A4ll'],
  ])('takes %j', (value, path) => {
    expect(localUrl(ORIGIN, value)?.href).toBe(ORIGIN + path);
  });

  it('never leads to another origin, whatever is put together', () => {
    const piece = fc.constantFrom(
      '/',
      '\\',
      '//',
      '%2f',
      '%5c',
      '%09',
      '\t',
      '\n',
      '.',
      '..',
      '@',
      ':',
      '?',
      '#',
      'evil.example',
      'https:',
      'javascript:',
      '%',
      '%25',
      '\u2028',
      '\u3002',
      '\uff0f',
      'a',
      '%00',
      ' ',
      ';',
    );
    const value = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
      fc.array(piece, { maxLength: 8 }).map((pieces) => `/${pieces.join('')}`),
      fc.string(),
    );
    fc.assert(
      fc.property(value, (text) => {
        const url = localUrl(ORIGIN, text);
        if (url === undefined) return;
        expect(url.origin).toBe(ORIGIN);
        // Read once more as a reference, by a browser, a proxy or a framework.
        for (const read of [url.href, url.pathname, decodeOnce(url.pathname)]) {
          expect(new URL(read, ORIGIN).origin).toBe(ORIGIN);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

const decodeOnce = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};
