import { describe, expect, it } from 'vitest';
import { type Route, RouteError, route } from '../src/index.js';

const refusalOf = (make: () => Route): RouteError => {
  try {
    make();
  } catch (error) {
    if (error instanceof RouteError) return error;
    throw error;
  }
  throw new Error('was not refused');
};

type Refusals = Record<string, readonly [make: () => Route, parameter: number | undefined]>;
const empty = route``;
const dot = route`a/b.${'x'}`;

const manipulations: Refusals = {
  'two dots': [() => route`/x/${'..'}`, 0],
  'two dots, encoded': [() => route`/x/${'%2e%2E'}/y`, 0],
  'two dots, half encoded': [() => route`/x/${'.%2e'}`, 0],
  'two dots within a text, as in Forge': [() => route`/x/${'a..b'}`, 0],
  'one dot': [() => route`/x/${'.'}/y`, 0],
  'one dot, encoded': [() => route`/x/${'%2e'}`, 0],
  'dots with path parameters, which Tomcat cuts off': [() => route`/x/${'.;a=b'}/y`, 0],
  'dots with encoded path parameters': [() => route`/x/${'.%3Ba'}/y`, 0],
  'a dot before an encoded blank': [() => route`/x/${'.%20'}`, 0],
  'path parameters alone, which leave an empty segment': [() => route`/x/${';a'}/y`, 0],
  'a slash': [() => route`/x/${'a/b'}`, 0],
  'an encoded slash': [() => route`/x/${'a%2fb'}`, 0],
  'an encoded slash, upper case': [() => route`/x/${'a%2Fb'}`, 0],
  'a backslash': [() => route`/x/${'a\\b'}`, 0],
  'an encoded backslash': [() => route`/x/${'%5c'}`, 0],
  'an encoded backslash, mixed case': [() => route`/x/${'%5C'}`, 0],
  'a question mark': [() => route`/x/${'a?b=c'}`, 0],
  'an encoded question mark': [() => route`/x/${'a%3Fb'}`, 0],
  'a hash': [() => route`/x/${'a#b'}`, 0],
  'an encoded hash': [() => route`/x/${'a%23b'}`, 0],
  'a tab, which the URL parser strips': [() => route`/x/${'.\t.'}`, 0],
  'a line end': [() => route`/x/${'a\r\nb'}`, 0],
  'an encoded line end': [() => route`/x/${'a%0d%0Ab'}`, 0],
  'a NUL': [() => route`/x/${'\0'}`, 0],
  'an encoded NUL': [() => route`/x/${'a%00'}`, 0],
  'a DEL': [() => route`/x/${'\x7f'}`, 0],
  'an encoded DEL': [() => route`/x/${'%7F'}`, 0],
  'an overlong slash': [() => route`/x/${'%c0%af'}`, 0],
  'an overlong dot': [() => route`/x/${'%C0%AE%c0%ae'}`, 0],
  'a blank at the end, which the URL parser strips': [() => route`/x/${'a '}`, 0],
  'a blank at the start': [() => route`${' '}/x`, 0],

  'dots from neighbours': [() => route`/x/${'.'}${'.'}/y`, 1],
  'dots from neighbours around nothing': [() => route`/x/${'.'}${''}${'.'}/y`, 2],
  'a dot beside a literal dot': [() => route`/x/.${'.'}/y`, 0],
  'a literal dot and nothing': [() => route`/x/.${''}/y`, 0],
  'literal dots and nothing': [() => route`/x/..${''}/y`, 0],
  'an escape from literal and parameter': [() => route`/x/%2${'e'}./y`, 0],
  'an escape from literal percent and parameter': [() => route`/x/a%${'2f'}b`, 0],
  'an escape from parameter and literal': [() => route`/x/${'a%'}2Fb`, 0],
  'an escape from three parameters': [() => route`/x/a${'%'}${'5'}${'c'}b`, 2],
  'an escape around an empty parameter': [() => route`/x/a${'%2'}${''}${'F'}`, 2],
  'UTF-8 cut in two': [() => route`/x/${'%c0'}${'%ae'}`, 0],
  'a slash escape beside a nested Route': [() => route`/x/${'%'}${route`2f`}`, 1],
  'an escape of which a nested Route holds the percent': [() => route`/x/${route`a${'%'}`}2f`, 0],
  'the same, behind a line separator': [() => route`/x/${route`${'\u2028%'}`}2f`, 0],
  'dots through a nested Route': [() => route`/x/${route`.`}./y`, 0],
  'dots from two nested Routes': [() => route`/x/${route`.`}${route`.`}/y`, 1],

  'an empty segment': [() => route`/x/${''}/y`, 0],
  'an empty segment at the end': [() => route`/x/${''}`, 0],
  'an empty segment before the query': [() => route`/x/${''}?a=${1}`, 0],
  'an empty segment of two': [() => route`/x/${''}${''}/y`, 1],
  'a leading // by an empty parameter': [() => route`/${''}/evil.example`, 0],
  'a leading // by two empty parameters': [() => route`/${''}${''}/evil.example`, 1],
  'a leading // by a nested Route': [() => route`/${route`/evil.example`}`, 0],
  'a leading // by an empty nested Route': [() => route`/${empty}/evil.example`, 0],
  'an empty first segment': [() => route`${''}/x`, 0],
  'a scheme': [() => route`${'https:evil.example'}/x`, 0],
  'a scheme with an encoded colon': [() => route`${'javascript%3Ax'}`, 0],
  'a scheme from parameter and literal': [() => route`${'javascript'}:x`, 0],
  'a scheme of the author': [() => route`https://evil.example/${1}`, 0],
  'a scheme without parameters': [() => route`https://evil.example`, undefined],
  'a host without parameters': [() => route`//evil.example`, undefined],
  'a host with backslashes': [() => route`/\\evil.example/${1}`, 0],
};

describe('refused as path manipulation', () => {
  it.each(Object.entries(manipulations))('%s', (_, [make, parameter]) => {
    const error = refusalOf(make);
    expect(error.code).toBe('ROUTE_PATH_MANIPULATION');
    expect(error.message).toMatch(/^Disallowing path manipulation attempt/);
    expect(error.parameter).toBe(parameter);
    expect(error.template).toEqual(expect.any(String));
    expect(error.reason).not.toBe('');
  });

  it('shows how the structure would change, and the value shortened and escaped', () => {
    const error = refusalOf(() => route`/wiki/${1}/x/${`\u001b[2J${'a'.repeat(99)}/`}?q=${2}`);
    expect(error.message).toBe(
      'Disallowing path manipulation attempt: "/x/x/x/x" becomes "/x/x/x/\\u{1b}x/", ' +
        `parameter 1 of /wiki/{}/x/{}: "\\u{1b}[2J${'a'.repeat(28)}…"`,
    );
    expect(error.parameter).toBe(1);
    expect(error.template).toBe('/wiki/{}/x/{}');
  });
});

const types: Record<string, () => unknown> = {
  'undefined in the path': () => route`/x/${undefined}`,
  'null in the path': () => route`/x/${null}`,
  'an array in the path': () => route`/x/${['a']}`,
  'a plain object': () => route`/x/${{}}`,
  'a plain object in the query': () => route`/x?y=${{}}`,
  'an object without prototype': () => route`/x/${Object.create(null)}`,
  'a promise that nobody awaited': () => route`/x/${Promise.resolve('1')}`,
  'a Map': () => route`/x?y=${new Map()}`,
  'an object whose toString returns no string': () =>
    route`/x/${{ toString: () => 1 as unknown as string }}`,
  // @ts-expect-error
  'a symbol': () => route`/x/${Symbol('x')}`,
  // @ts-expect-error
  'a symbol in the query': () => route`/x?y=${Symbol('x')}`,
  // @ts-expect-error
  'a function': () => route`/x/${() => 'x'}`,
  // @ts-expect-error
  'a function in the query': () => route`/x?y=${() => 'x'}`,
};

describe('refused for its type', () => {
  it.each(Object.entries(types))('%s', (_, make) => {
    const error = refusalOf(make as () => Route);
    expect(error.code).toBe('ROUTE_PARAMETER_TYPE');
    expect(error.parameter).toBe(0);
  });

  it.each([
    ['path', () => route`/x/${'a\ud800'}`],
    ['path, the other half in a neighbour', () => route`/x/${'\ud83d'}${'\ude00'}`],
    ['query', () => route`/x?y=${'\udc00'}`],
  ])('an unpaired surrogate in the %s', (_, make) => {
    expect(refusalOf(make)).toMatchObject({ code: 'ROUTE_PARAMETER_ENCODING', parameter: 0 });
  });
});

describe('refused as no template', () => {
  const call = route as unknown as (...args: unknown[]) => Route;
  it.each([
    ['a string', () => call('/x')],
    ['nothing', () => call()],
    ['an array', () => call(['/x'])],
    ['a frozen array', () => call(Object.freeze(['/x']))],
    ['what JSON can hold', () => call(JSON.parse('["/x"]'))],
    ['an array that can still change', () => call(Object.assign(['/x'], { raw: ['/x'] }))],
    // biome-ignore format: the escape is the point
    ['an invalid escape', () => route`/x\u{`],
  ])('%s', (_, make) => {
    expect(refusalOf(make)).toMatchObject({ code: 'ROUTE_TEMPLATE', parameter: undefined });
  });
});

describe('not refused, since harmless', () => {
  it.each([
    ['a double-encoded dot: one decode, not two', route`/x/${'%252e%252e'}`, '/x/%252e%252e'],
    ['a valid escape', route`/x/${'a%41%c3%A9'}`, '/x/a%41%c3%A9'],
    ['a stray percent', route`/x/${'100%'}/${'%zz'}`, '/x/100%25/%25zz'],
    ['path parameters', route`/x/${'a;b=c'}`, '/x/a;b=c'],
    ['full-width look-alikes', route`/x/${'．．／'}`, '/x/%EF%BC%8E%EF%BC%8E%EF%BC%8F'],
    ['letters that fold to ASCII', route`/x/${'\u212a\u017f'}`, '/x/%E2%84%AA%C5%BF'],
    ['a blank inside', route`/x/${' a '}/y`, '/x/%20a%20/y'],
    ['an empty part of a segment', route`/x/a${''}`, '/x/a'],
    ['an escape of the author', route`/x/a%2Fb-${'é'}`, '/x/a%2Fb-%C3%A9'],
    ['dots of the author', route`/x/../${'é'}`, '/x/../%C3%A9'],
    ['an empty nested Route at the start', route`${empty}/rest/${'é'}`, '/rest/%C3%A9'],
    ['a nested Route without a slash', route`/x/${dot}/c`, '/x/a/b.x/c'],
    ['literals the URL parser trims', route` /x/${1}\n ?a=${2}\n`, '/x/1%20?a=2'],
    ['a fragment: dropped', route`/x/${1}#y/${2}?z=${3}`, '/x/1'],
  ])('%s', (_, made, expected) => {
    expect(made.value).toBe(expected);
  });

  it('an object is turned into a string once', () => {
    let calls = 0;
    const id = { toString: () => (calls++ === 0 ? 'seven' : '../admin') };
    expect(route`/x/${id}`.value).toBe('/x/seven');
    expect(calls).toBe(1);
  });
});
