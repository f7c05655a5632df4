import { RouteError } from '@tributary/route';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { usePlatform } from '../../src/drop-in/current-platform.js';
import {
  assumeTrustedRoute,
  requestConfluence,
  routeFromAbsolute,
  route as typedRoute,
} from '../../src/drop-in/index.js';
import { standIn } from '../parity/stand-in.js';

const route = typedRoute as (
  strings: TemplateStringsArray,
  ...parameters: unknown[]
) => { value: string };

let end = () => {};
let warnings: string[] = [];
const begin = (strictRoutes?: boolean) => {
  warnings = [];
  const { platform, calls } = standIn();
  end = usePlatform(platform, { strictRoutes, warn: (message) => warnings.push(message) });
  return calls;
};
afterEach(() => end());

const odd: Record<string, readonly [() => { value: string }, string, RegExp]> = {
  undefined: [
    () => route`/x/${undefined}/y`,
    '/x/undefined/y',
    /parameter of \/x\/{}\/y is undefined/,
  ],
  null: [() => route`/x/${null}`, '/x/null', /is null/],
  'an object': [() => route`/x/${{}}`, '/x/[object Object]', /is an object/],
  'a promise': [() => route`/x/${Promise.resolve(1)}`, '/x/[object Promise]', /is an object/],
  'a list': [() => route`/x/${[1, 2]}`, '/x/1,2', /is a list/],
  nothing: [() => route`/x/${''}/y?z=${1}`, '/x//y?z=1', /leaves a segment of \/x\/\/y empty/],
  'nothing at the end': [() => route`/x/${''}`, '/x/', /leaves a segment/],
};

describe('by default, what Forge lets pass is sent as Forge sends it, with one warning', () => {
  beforeEach(() => begin());

  test.each(Object.entries(odd))('%s', (_, [make, value, warning]) => {
    expect(make().value).toBe(value);
    make();
    expect(warnings).toEqual([expect.stringMatching(warning)]);
    expect(warnings[0]).toMatch(/strictRoutes refuses it\.$/);
  });

  test('route as a function', () => {
    expect(route('/wiki/x' as never).value).toBe('/');
    expect(warnings).toEqual([expect.stringMatching(/called as a function.*the first character/)]);
  });

  test('warnings hold no values', () => {
    route`/x/${undefined}/${'a-secret'}`;
    expect(warnings.join()).not.toContain('a-secret');
  });

  test('what is ordinary goes without', () => {
    route`/x/${1}/${'a b'}/${new Date(0)}?a=${undefined}&b=${''}&c=${null}`;
    route`/x${''}/y${route``}`;
    expect(warnings).toEqual([]);
  });
});

test('without a platform, they go to process.emitWarning', () => {
  const emitted = vi.spyOn(process, 'emitWarning').mockReturnValue();
  route`/of-the-process/${undefined}`;
  expect(emitted.mock.calls).toEqual([
    [expect.stringContaining('/of-the-process/{} is undefined'), { type: 'ForgeParityWarning' }],
  ]);
  emitted.mockRestore();
});

describe('under strictRoutes', () => {
  test.each(Object.entries(odd))('%s is refused at once, by a RouteError', (_, [make]) => {
    begin(true);
    expect(make).toThrow(RouteError);
    expect(warnings).toEqual([]);
  });

  test('route as a function is refused', () => {
    begin(true);
    expect(() => route('/x' as never)).toThrow(expect.objectContaining({ code: 'ROUTE_TEMPLATE' }));
    expect(() => assumeTrustedRoute('x')).toThrow(RouteError);
  });

  test('what is ordinary is sent, encoded, also from Routes that were made before', async () => {
    const before = route`/wiki/${1}`;
    const calls = begin(true);
    const path = route`${before}/${'a b'}?next=${before}`;
    await requestConfluence(path);
    await requestConfluence(before);
    await requestConfluence(routeFromAbsolute('https://x.example/wiki/y?z=1'));
    expect(calls.map(([, sent]) => sent)).toEqual([
      '/wiki/1/a%20b?next=%2Fwiki%2F1',
      '/wiki/1',
      '/wiki/y?z=1',
    ]);
  });
});
