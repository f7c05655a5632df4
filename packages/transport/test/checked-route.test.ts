import { RequestError } from '@tributary/pipeline';
import { RouteError } from '@tributary/route';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CheckedRouteOptions, checkedRoute } from '../src/interop/index.js';

const LOOSE: CheckedRouteOptions = { emptySegments: true, encodedSlashes: true };

const outcome = (text: string, options?: CheckedRouteOptions): string | undefined => {
  try {
    return checkedRoute(text, options).value;
  } catch (error) {
    if (error instanceof RouteError || error instanceof RequestError) return undefined;
    throw error;
  }
};

describe('checkedRoute', () => {
  test.each(['/rest/api/3/issue//comment', '/a//b/', '/2.0/refs/branches/feature%2Fx'])(
    '%s only where it may',
    (text) => {
      expect(outcome(text)).toBeUndefined();
      expect(outcome(text, LOOSE)).toBe(text);
    },
  );

  test.each([
    '//evil.example/x',
    '/a/../b',
    '/a/%2e%2E/b',
    '/a%2F..%2Fb',
    '/a%2f%2e%2e%2fb',
    '/a%252F..%252Fb',
    '/a\\..\\b',
    '/a%5C..%5Cb',
    '/a;/..;/b',
    '/%c0%ae%c0%ae/b',
    '/a\tb',
    'https://evil.example/a',
  ])('%s never', (text) => {
    expect(outcome(text)).toBeUndefined();
    expect(outcome(text, LOOSE)).toBeUndefined();
  });

  test('shows the words of the products, and nothing else of a path', () => {
    expect(checkedRoute('/rest/api/3/issue/KEY-1/comment?expand=x').template).toBe(
      '/rest/api/3/issue/{}/comment',
    );
  });

  test('however loose, what is let pass keeps its place', () => {
    const piece = fc.constantFrom(
      'a',
      '.',
      '..',
      '/',
      '%2f',
      '%2e',
      '%',
      '\\',
      ';',
      '',
      'b c',
      '#',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const value = outcome(`/base/${pieces.join('')}`, LOOSE);
        if (value === undefined) return;
        let path = value.split('?')[0] ?? '';
        for (let decodes = 0; decodes < 3; decodes += 1) {
          expect(new URL(path, 'https://host.example').pathname).toMatch(/^\/base(?:\/|$)/);
          path = path.replace(/%(?:2e|2f)/gi, decodeURIComponent);
        }
      }),
      { numRuns: 300 },
    );
  });
});
