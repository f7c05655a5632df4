import { inspect } from 'node:util';
import * as forge from '@forge/api/out/safeUrl.js';
import { describe, expect, it, vi } from 'vitest';
import { assumeTrustedRoute, isRoute, type Route, requireRoute, route } from '../src/index.js';

const genuine = route`/wiki/api/v2/pages/${1}`;
const RouteClass = genuine.constructor as new (...args: unknown[]) => Route;
const { value, template } = genuine;

const forgeries: Record<string, unknown> = {
  'a string': '/wiki',
  undefined: undefined,
  null: null,
  'an object of the same shape': { value, template },
  'an object with the prototype': Object.create(RouteClass.prototype),
  'an object with the prototype and fields': Object.create(RouteClass.prototype, {
    value: { value: '/evil' },
  }),
  'an object that inherits from a Route': Object.create(genuine),
  'a Proxy of a Route': new Proxy(genuine, {}),
  'a revoked Proxy': (() => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  })(),
  'a structured clone': structuredClone(genuine),
  'what JSON brings': JSON.parse(
    JSON.stringify({ value, template, constructor: { name: 'Route' } }),
  ),
  'an object that calls itself a Route': { value, template, [Symbol.toStringTag]: 'Route' },
  'what claims every instance': { value, [Symbol.hasInstance]: () => true },
};

describe('a Route cannot be forged', () => {
  it.each(Object.entries(forgeries))('%s', (_, forged) => {
    expect(isRoute(forged)).toBe(false);
    expect(() => requireRoute(forged)).toThrow(
      /^You must create your route using the 'route' export/,
    );
  });

  it.each<[string, () => unknown]>([
    ['its constructor', () => new RouteClass('/evil', '{}', '/evil')],
    ['its constructor and a symbol', () => new RouteClass(Symbol('route'), '/evil', '{}')],
    ['Reflect.construct', () => Reflect.construct(RouteClass, [Symbol.for('route'), '/evil'])],
    ['a subclass', () => new (class extends RouteClass {})('/evil')],
    ['a new prototype method', () => Object.assign(RouteClass.prototype, { evil: 1 })],
    [
      'a new getter',
      () => Object.defineProperty(RouteClass.prototype, 'value', { get: () => '/evil' }),
    ],
    [
      'a new static',
      () => Object.defineProperty(RouteClass, Symbol.hasInstance, { value: () => true }),
    ],
    ['another prototype', () => Object.setPrototypeOf(genuine, { value: '/evil' })],
    ['an own value', () => Object.defineProperty(genuine, 'value', { value: '/evil' })],
    ['assignment', () => Object.assign(genuine, { value: '/evil' })],
    ['the getter on something else', () => Reflect.get(RouteClass.prototype, 'value', { value })],
  ])('nor changed through %s', (_, change) => {
    expect(change).toThrow(TypeError);
    expect(genuine.value).toBe('/wiki/api/v2/pages/1');
  });

  it('is frozen, and shows nothing when printed', () => {
    expect(Object.isFrozen(genuine)).toBe(true);
    expect(Object.isFrozen(RouteClass.prototype)).toBe(true);
    expect(Object.isFrozen(RouteClass)).toBe(true);
    expect(Reflect.ownKeys(genuine)).toEqual([]);
    expect(JSON.stringify(genuine)).toBe('{}');
    expect(inspect(genuine)).not.toContain('pages');
  });
});

describe("another copy's Route", () => {
  it('is refused, and the error says that there are two', () => {
    const other = forge.route`/wiki`;
    expect(isRoute(other)).toBe(false);
    expect(() => requireRoute(other)).toThrow(
      expect.objectContaining({
        code: 'ROUTE_OTHER_COPY',
        message: expect.stringMatching(
          /^You must create your route using the 'route' export.*two copies/,
        ),
      }),
    );
    expect(() => route`/x/${other}`).toThrow(
      expect.objectContaining({ code: 'ROUTE_PARAMETER_TYPE' }),
    );
  });

  it('of this package too', async () => {
    vi.resetModules();
    const copy = await import('../src/index.js');
    expect(copy.route).not.toBe(route);
    expect(() => requireRoute(copy.route`/wiki`)).toThrow(
      expect.objectContaining({ code: 'ROUTE_OTHER_COPY' }),
    );
  });
});

describe('a URLSearchParams is known by brand', () => {
  it('its own toString has no say', () => {
    const lying = Object.assign(new URLSearchParams({ a: '1' }), { toString: () => 'a=1#&b=2' });
    class Lying extends URLSearchParams {
      override toString() {
        return '&admin=true';
      }
    }
    expect(route`/x?${lying}`.value).toBe('/x?a=1');
    expect(route`/x?${new Lying({ a: '1' })}`.value).toBe('/x?a=1');
  });

  it.each<[string, object]>([
    ['the prototype alone', Object.create(URLSearchParams.prototype)],
    ['a Proxy', new Proxy(new URLSearchParams('b=2'), {})],
  ])('%s is none', (_, fake) => {
    Object.defineProperty(fake, 'toString', { value: () => 'a&b=2' });
    expect(route`/x?c=${fake}`.value).toBe('/x?c=a%26b%3D2');
  });
});

describe('requireRoute', () => {
  it('returns the Route that it was given', () => {
    expect(requireRoute(genuine)).toBe(genuine);
    const trusted = assumeTrustedRoute('/x');
    expect(requireRoute(trusted)).toBe(trusted);
  });
});
