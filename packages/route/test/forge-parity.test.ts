// The file, since the package's index wants Forge's runtime around it.
import * as forge from '@forge/api/out/safeUrl.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { route, routeFromAbsolute } from '../src/index.js';

/** Node 22's URL leaves a caret in a path as it is, where the standard encodes it by now. */
const wire = ({ value }: { value: string }) =>
  new URL(value, 'https://example.atlassian.net').href.replaceAll('^', '%5E');

type Tag = (strings: TemplateStringsArray, ...parameters: unknown[]) => { value: string };
type Use = (tag: Tag) => { value: string };
const ours = route as Tag;
const theirs = forge.route as Tag;
const both = (use: Use) => [wire(use(ours)), wire(use(theirs))] as const;

const params = new URLSearchParams({ a: '1&2', b: 'ü x', c: '' });
const uses: Record<string, Use> = {
  'no parameters': (tag) => tag`/wiki/api/v2/spaces?limit=5`,
  'a number and a boolean': (tag) => tag`/x/${7}/${true}?a=${-1.5}&b=${false}`,
  'a bigint': (tag) => tag`/x/${12345678901234567890n}?a=${1n}`,
  'large and odd numbers': (tag) => tag`/x/${1e21}/${Number.NaN}/${-0}?a=${1e21}`,
  'an account id': (tag) => tag`/x/${'557058:0c3d-4f'}?a=${'557058:0c3d-4f'}`,
  'a date': (tag) => tag`/x/${new Date(0)}?a=${new Date(0)}`,
  'blanks and letters': (tag) => tag`/x/${'a b é 日本 😀'}/y?a=${'a b é 日本 😀'}`,
  'all that ASCII prints': (tag) =>
    tag`/x/${'!"$&\'()*+,-.0:;<=>@A[]^_`a{|}~'}?a=${'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'}`,
  'a valid escape': (tag) => tag`/x/${'a%41%c3%a9'}?a=${'%41'}`,
  'a double-encoded dot': (tag) => tag`/x/${'%252e%252e'}`,
  'null and undefined in the query': (tag) => tag`/x?a=${null}&b=${undefined}`,
  'an array in the query': (tag) => tag`/x?a=${['b', 'c d']}`,
  'nothing, after the path': (tag) => tag`/x/y${''}`,
  'nothing, in the query': (tag) => tag`/x?a=1${''}&b=${''}`,
  'a whole query': (tag) => tag`/x?${params}`,
  'a part of the query': (tag) => tag`/x?z=1&${params}&y=${2}`,
  'an empty query': (tag) => tag`/x?${new URLSearchParams()}`,
  'a nested path': (tag) => tag`${tag`/wiki/x/${'a b'}`}/y/${1}`,
  'a nested part': (tag) => tag`/wiki/${tag`api/v2`}/pages`,
  'a nested path with a slash before': (tag) => tag`/wiki${tag`/x/${'é'}`}?a=1`,
  'a nested query, and more of it': (tag) => tag`${tag`/x?a=${'b c'}`}&d=${'e f'}`,
  'an optional nested query': (tag) => tag`/x/${1}${tag`?limit=${5}`}`,
  'nested in the query': (tag) => tag`/x?next=${tag`/y/${'a b é'}?c=${'d e'}`}`,
  'literals of many lines': (tag) => tag`/x/${1}
    ?a=${2}
    &b=${3}
  `,
  'literals that need encoding': (tag) => tag`/ü x/<${1}>\\y?a=ü x'"<${2}>`,
  'dots of the author': (tag) => tag`/x/../y/./${'a b'}`,
};

describe('the URL on the wire is the one of @forge/api', () => {
  it.each(Object.entries(uses))('%s', (_, use) => {
    const [actual, expected] = both(use);
    expect(actual).toBe(expected);
  });

  // Any text but what the package refuses and the stray percent, its documented difference.
  const harmless = fc
    .array(
      fc.oneof(
        fc.constantFrom(
          ...'abzAZ019 -_~!$&\'()*+,:=@[]|<>"^`{}é日😀'.split(''),
          '%41',
          '%20',
          '.a',
          'ß',
        ),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
      { minLength: 1, maxLength: 8 },
    )
    .map((parts) => parts.join(''))
    .filter((text) => text.isWellFormed())
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is refused
    .filter((text) => !/[/\\?#\0-\x1f\x7f]|^[;.]|\.\.|%(?![\dA-Fa-f]{2})|%(?!41|20)/.test(text));

  it('for any harmless text', () => {
    fc.assert(
      fc.property(harmless, harmless, fc.string({ unit: 'binary' }), (a, b, c) => {
        if (!c.isWellFormed()) return;
        const [actual, expected] = both((tag) => tag`/wiki/${a}/x-${b}${1}/y?q=${c}&r=${a}`);
        expect(actual).toBe(expected);
      }),
      { numRuns: 3_000 },
    );
  });

  it('and what Forge refuses is refused', () => {
    const text = fc.string({ unit: fc.constantFrom(...'.%2eEa/\\?#'), maxLength: 6 });
    fc.assert(
      fc.property(text, (value) => {
        let isAllowed = true;
        try {
          forge.route`/x/${value}/y`;
        } catch {
          isAllowed = false;
        }
        if (isAllowed) return;
        expect(() => route`/x/${value}/y`).toThrow('Disallowing path manipulation attempt');
      }),
    );
  });

  it.each(['https://example.atlassian.net/wiki/x?a=1#b', 'http://127.0.0.1:8080/a%20b?c=ü'])(
    'routeFromAbsolute(%s)',
    (url) => {
      expect(wire(routeFromAbsolute(url))).toBe(wire(forge.routeFromAbsolute(url)));
    },
  );
});

describe('differs from @forge/api, as documented', () => {
  it.each<[string, Use, string, string]>([
    ['a stray percent is encoded', (tag) => tag`/x/${'100%'}`, '/x/100%25', '/x/100%'],
    [
      'after a nested query, parameters are query',
      (tag) => tag`${tag`/x?a=1`}&b=${'c&d=e+f'}`,
      '/x?a=1&b=c%26d%3De%2Bf',
      '/x?a=1&b=c&d=e+f',
    ],
  ])('%s', (_, use, tributary, atlassian) => {
    const base = 'https://example.atlassian.net';
    expect(both(use)).toEqual([base + tributary, base + atlassian]);
  });

  it.each<[string, Use]>([
    ['upper-case dots', (tag) => tag`/x/${'%2E%2E'}/y`],
    ['an encoded slash', (tag) => tag`/x/${'a%2Fb'}`],
    ['a dot segment', (tag) => tag`/x/${'.'}/y`],
    ['dots of two', (tag) => tag`/x/${'.'}${'.'}/y`],
    ['an empty segment', (tag) => tag`/x/${''}/y`],
    ['a tab', (tag) => tag`/x/${'a\tb'}`],
    ['a blank at the end', (tag) => tag`/x/${'a '}`],
    ['undefined in the path', (tag) => tag`/x/${undefined}`],
    ['an object in the query', (tag) => tag`/x?a=${{}}`],
  ])('%s is refused', (_, use) => {
    expect(() => use(theirs)).not.toThrow();
    expect(() => use(ours)).toThrow();
  });
});
