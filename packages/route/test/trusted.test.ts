import { describe, expect, it } from 'vitest';
import {
  assumeTrustedRoute,
  isRoute,
  RouteError,
  route,
  routeErrorCodes,
  routeFromAbsolute,
} from '../src/index.js';

describe('assumeTrustedRoute', () => {
  it.each([
    ['/wiki/x?a=b%20c', '/wiki/x?a=b%20c'],
    ['/wiki/../x/%2F', '/wiki/../x/%2F'],
    ['/ü x?ü', '/%C3%BC%20x?ü'],
    ['/x\\y', '/x/y'],
    ['/x?a=1#b', '/x?a=1'],
  ])('%s', (path, expected) => {
    const made = assumeTrustedRoute(path);
    expect(made.value).toBe(expected);
    expect(made.template).toBe('{trusted}');
    expect(isRoute(made)).toBe(true);
  });

  it.each<[string, unknown]>([
    ['another host', '//evil.example'],
    ['another host by backslash', '/\\evil.example'],
    ['another host by a stripped tab', '/\t/evil.example'],
    ['a scheme', 'https://evil.example/x'],
    ['a relative path', 'wiki/x'],
    ['nothing', ''],
    ['a line end', '/x\r\ny'],
    ['a blank at the end', '/x '],
    ['undefined', undefined],
    ['a symbol', Symbol('x')],
    ['an object with toString', { toString: () => '/x' }],
    ['a Route', route`/x`],
  ])('refuses %s', (_, path) => {
    expect(() => assumeTrustedRoute(path as string)).toThrow(
      expect.objectContaining({ code: 'ROUTE_TRUSTED_PATH' }),
    );
  });

  it('takes a template for the logs, in visible ASCII', () => {
    const named = assumeTrustedRoute('/x/1', { template: '/x/{}' });
    expect(named.template).toBe('/x/{}');
    expect(route`${named}/y/${2}`.template).toBe('/x/{}/y/{}');
    for (const template of ['', '/x\n', '/x?y', '/x#y', '/é', 'a b']) {
      expect(() => assumeTrustedRoute('/x', { template })).toThrow(RouteError);
    }
  });

  it('is joined with the same care as any nested Route', () => {
    expect(route`${assumeTrustedRoute('/x?a=1')}&b=${'c&d'}`.value).toBe('/x?a=1&b=c%26d');
    expect(() => route`${assumeTrustedRoute('/x/%')}${'2e'}`).toThrow(RouteError);
    expect(() => route`${assumeTrustedRoute('/x/.')}${'.'}/y`).toThrow(RouteError);
  });
});

describe('routeFromAbsolute', () => {
  it('keeps path and query', () => {
    expect(routeFromAbsolute('https://a.example/wiki/x?y=z#h').value).toBe('/wiki/x?y=z');
    expect(routeFromAbsolute(new URL('http://a.example')).value).toBe('/');
    expect(routeFromAbsolute('https://a.example/x', { template: '/x' }).template).toBe('/x');
    expect(routeFromAbsolute('https://a.example/x').template).toBe('{trusted}');
  });

  it.each<[string, unknown]>([
    ['a path', '/wiki/x'],
    ['another scheme', 'ftp://a.example/x'],
    ['a scheme without host', 'javascript:alert(1)'],
    ['a path that would be a host', 'https://a.example//evil.example/x'],
    ['undefined', undefined],
    ['a symbol', Symbol('x')],
  ])('refuses %s', (_, url) => {
    expect(() => routeFromAbsolute(url as string)).toThrow(
      expect.objectContaining({ code: 'ROUTE_TRUSTED_PATH' }),
    );
  });
});

it('lists every code once', () => {
  expect(new Set(routeErrorCodes).size).toBe(routeErrorCodes.length);
});
