import { route as tributaryRoute } from '@tributary/route';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { usePlatform } from '../../src/drop-in/current-platform.js';
import * as dropIn from '../../src/drop-in/index.js';
import { forgeApi as real } from '../support/forge-api.js';
import { standIn } from './stand-in.js';

type Tag = (strings: TemplateStringsArray, ...parameters: unknown[]) => { readonly value: string };
const ours = dropIn.route as Tag;
const theirs = real.route as Tag;

const MANIPULATION = 'Disallowing path manipulation attempt';

let end = () => {};
beforeEach(() => {
  // Warnings have tests of their own.
  end = usePlatform(standIn().platform, { warn: () => {} });
});
afterEach(() => end());

/** A value, or the words that it was refused with. */
const resultOf = (make: () => { readonly value: string }): string => {
  try {
    return `value ${make().value}`;
  } catch (error) {
    return `error ${(error as Error).message}`;
  }
};

const nested = (tag: Tag) => tag`/wiki/${'a b'}?c=${'d e'}`;
const params = new URLSearchParams({ a: '1&2', b: 'x y' });
const uses: Record<string, (tag: Tag) => { readonly value: string }> = {
  plain: (tag) => tag`/wiki/api/v2/pages`,
  'numbers and booleans': (tag) => tag`/x/${1}/${-1.5}/${true}?a=${1}&b=${false}`,
  'text that needs encoding': (tag) => tag`/x/${'a b é 日 "<>^`{}|%'}?a=${'b&c=d é'}`,
  undefined: (tag) => tag`/x/${undefined}/y?a=${undefined}`,
  null: (tag) => tag`/x/${null}/y?a=${null}`,
  'an object': (tag) => tag`/x/${{}}?a=${{}}`,
  'a list': (tag) => tag`/x/${[1, 2]}?a=${[1, 2]}`,
  'a promise': (tag) => tag`/x/${Promise.resolve()}`,
  nothing: (tag) => tag`/x/${''}/y`,
  'nothing at the end': (tag) => tag`/x/${''}`,
  'nothing at the start': (tag) => tag`${''}/x`,
  'a blank around': (tag) => tag`/x/${'7 '}`,
  'half a character': (tag) => tag`/x/${'\ud800a'}`,
  'half a character in the query': (tag) => tag`/x?a=${'\ud800a'}`,
  'a symbol in the query': (tag) => tag`/x?a=${Symbol('a')}`,
  'a symbol in the path': (tag) => tag`/x/${Symbol('a')}`,
  'a whole query': (tag) => tag`/x?${params}&y=${1}`,
  'a query as a path': (tag) => tag`/x/${new URLSearchParams({ a: '1' })}`,
  'nested in the path': (tag) => tag`${nested(tag)}&f=${'g h'}`,
  'nested with more path': (tag) => tag`/x${tag`/${1}/a`}/${2}`,
  'nested in the query': (tag) => tag`/x?next=${nested(tag)}`,
  'after a nested query, a separator': (tag) => tag`${nested(tag)}&f=${'g/h'}`,
  'a fragment of the author': (tag) => tag`/x#${'a/b'}`,
  'dots of the author': (tag) => tag`/x/../${1}`,
  'two slashes of the author': (tag) => tag`//x/${1}`,
  'no slash': (tag) => tag`rest/api/${1}`,
  'as a function, of text': (tag) => tag('/x/y' as never),
  'as a function, of text and a value': (tag) => tag('/x/y' as never, 1),
  'as a function, of a list': (tag) => tag(['/x/', '/y?a=', ''] as never, 1, 'b c'),
  'as a function, with too few values': (tag) => tag(['/x/', '/y/', ''] as never, 1),
  'as a function, of nothing': (tag) => (tag as unknown as () => { value: string })(),
  dots: (tag) => tag`/x/${'..'}`,
  'dots within': (tag) => tag`/x/${'a..b'}`,
  'a slash': (tag) => tag`/x/${'a/b'}`,
  'a backslash': (tag) => tag`/x/${'a\\b'}`,
  'a question mark': (tag) => tag`/x/${'a?b'}`,
  'a hash': (tag) => tag`/x/${'a#b'}`,
  'encoded dots': (tag) => tag`/x/${'%2e.'}/${1}`,
};

describe('value, or words of the refusal', () => {
  it.each(Object.entries(uses))('%s', (_, use) => {
    expect(resultOf(() => use(ours))).toBe(resultOf(() => use(theirs)));
  });

  it('for any harmless text', () => {
    const harmless = fc.string({
      unit: fc.constantFrom(
        ...'abzAZ09 -_~!$&\'()*+,:=@[]|<>"^`{}é日'.split(''),
        '%41',
        '%20',
        'ß',
        '.a',
      ),
      minLength: 1,
      maxLength: 8,
    });
    const text = harmless.filter((one) => !one.includes('..') && !one.startsWith('.'));
    fc.assert(
      fc.property(text, fc.oneof(text, fc.integer()), fc.string(), (a, b, c) => {
        const use = (tag: Tag) => tag`/wiki/${a}/x-${b}${1}/y?q=${c}&r=${a}`;
        expect(resultOf(() => use(ours))).toBe(resultOf(() => use(theirs)));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('paths cannot be manipulated', () => {
  const hostile = fc.string({
    unit: fc.constantFrom(
      ...'.%2eE5fFcCa/\\?# ;:\t\n'.split(''),
      '%2e',
      '%5c',
      '..',
      '%00',
      '%c0%ae',
    ),
    maxLength: 6,
  });
  const template = fc.constantFrom<(tag: Tag, a: string, b: string) => { value: string }>(
    (tag, a, b) => tag`/w/${a}/x/${b}`,
    (tag, a, b) => tag`/w/${a}${b}/x`,
    (tag, a, b) => tag`/w/.${a}/x-${b}?c=${a}`,
    (tag, a, b) => tag`/${a}/${b}`,
    (tag, a, b) => tag`${a}/x${b}`,
  );
  /** As a URL parser reads it, and a server that decodes it once more; encoded slashes are the platform's to judge. */
  const shapeOf = (value: string): string[] => {
    const { pathname, origin } = new URL(
      value.startsWith('/') ? value : `/${value}`,
      'https://site.example',
    );
    const decoded = pathname
      .replace(/%(?!2f)[0-7][\da-f]/gi, decodeURIComponent)
      .replaceAll('\\', '/');
    return [
      origin,
      ...new URL(`file://${decoded.replace(/[?#].*/s, 'BROKEN')}`).pathname
        .split('/')
        .map(() => ''),
    ];
  };

  it('whatever Forge refuses is refused in its words, and what it overlooks too', () => {
    let refusedByUsAlone = 0;
    fc.assert(
      fc.property(template, hostile, hostile, (use, a, b) => {
        const forge = resultOf(() => use(theirs, a, b));
        const mine = resultOf(() => use(ours, a, b));
        if (mine === forge) {
          if (!mine.startsWith('value')) return;
          expect(shapeOf(mine.slice(6))).toStrictEqual(
            shapeOf(use(ours, a && 'x', b && 'x').value),
          );
          return;
        }
        expect(forge.startsWith('value')).toBe(true);
        expect(mine.startsWith(`error ${MANIPULATION}. For more information see: `)).toBe(true);
        refusedByUsAlone++;
      }),
      { numRuns: 2000 },
    );
    expect(refusedByUsAlone).toBeGreaterThan(50);
  });

  it.each(['%2E%2E', '%2e%2E', '%5C', 'a\tb', '.\t.', '%00', '%3f', '%c0%ae', '.;x', ';x'])(
    '%j',
    (value) => {
      expect(() => ours`/wiki/pages/${value}`).toThrow(MANIPULATION);
    },
  );
});

describe('Routes', () => {
  it('look as in Forge, and hold', () => {
    const route = ours`/x/${1}`;
    expect(JSON.stringify(route)).toBe(JSON.stringify(theirs`/x/${1}`));
    expect(() => {
      (route as { value: string }).value = '/y';
    }).toThrow('modification of a Route is not allowed');
    expect(() => Object.assign(route, { value_: '/y' })).toThrow(TypeError);
    expect(route.value).toBe('/x/1');
  });

  it.each([
    ['https://example.atlassian.net/wiki/a%20b?c=d&e=f#g'],
    ['http://127.0.0.1:8080'],
    ['/no/origin'],
  ])('routeFromAbsolute(%s)', (url) => {
    expect(resultOf(() => dropIn.routeFromAbsolute(url))).toBe(
      resultOf(() => real.routeFromAbsolute(url)),
    );
  });

  it.each(['/wiki/rest/api/x?cursor=a%3D', 'rest', '', '/../x'])(
    'assumeTrustedRoute(%j)',
    (path) => {
      expect(dropIn.assumeTrustedRoute(path).value).toBe(real.assumeTrustedRoute(path).value);
    },
  );

  it.each([
    ['@forge/api', theirs`/x/${1}`],
    ['@tributary/route', tributaryRoute`/x/${1}`],
    ['this entry', ours`/x/${1}`],
  ])('of %s are taken, whole and nested', async (_, route) => {
    const response = await dropIn.requestConfluence(route);
    expect(response.status).toBe(200);
    expect(ours`${route}/y?z=${route}`.value).toBe('/x/1/y?z=%2Fx%2F1');
  });

  it.each([
    JSON.parse('{"value":"/x","value_":"/x"}'),
    JSON.parse('{"__proto__":{"value":"/x"},"value_":"/x"}'),
    Object.create({ value: '/x' }, { value_: { value: '/x' } }),
    Object.create(null, { value: { value: '/x' } }),
    '/x',
    ['/x'],
  ])('cannot be forged: %j', (forged) => {
    expect(() => dropIn.requestConfluence(forged as never)).toThrow(
      "You must create your route using the 'route' export",
    );
  });
});
