import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Route, RouteError, route } from '../src/index.js';
import { templateStrings } from './template-strings.js';

const BASE = 'https://example.atlassian.net/';

/** A template, its parameters, and nested templates among them. */
interface Shape {
  readonly literals: readonly string[];
  readonly parameters: readonly (string | Shape)[];
}

const nastyUnit = fc.constantFrom(
  ...'.%2eEfF5cC0/\\?#\t\r\n\0 ;:@&=+a'.split(''),
  ...['%2e', '%2F', '%5C', '%3f', '%23', '%00', '%0a', '%7f', '%20', '%3a', '%25', '%c0%ae'],
  ...['é', '．', '／', '\u2028', '\u212a', '\u017f', '😀', '\ud800', '\udc00', '\x7f', '\x1f'],
);
const value = fc.string({ unit: nastyUnit, maxLength: 4 });
const pathLiteral = fc.string({
  unit: fc.constantFrom('/', '/', 'pages', '.', '%', '%2', '2', 'e', 'x', ';', '%41', 'ü'),
  maxLength: 4,
});
const queryLiteral = fc.constantFrom('&a=', '&b[]=', '%', '2', '', '=', '&c=1&d=');
const start = fc.constantFrom('/', '/', '/wiki/', '/wiki', '', 'wiki/', '/%2');

const { shape } = fc.letrec<{ shape: Shape }>((tie) => ({
  shape: fc
    .record({
      first: start,
      path: fc.array(fc.tuple(parameter(tie('shape')), pathLiteral), { maxLength: 4 }),
      query: fc.option(fc.array(fc.tuple(parameter(tie('shape')), queryLiteral), { maxLength: 2 })),
    })
    .map(({ first, path, query }) => {
      const literals = [first, ...path.map(([, literal]) => literal)];
      if (query !== null) {
        literals[literals.length - 1] += '?q=';
        literals.push(...query.map(([, literal]) => literal));
      }
      return { literals, parameters: [...path, ...(query ?? [])].map(([one]) => one) };
    }),
}));

function parameter(nested: fc.Arbitrary<Shape>): fc.Arbitrary<string | Shape> {
  return fc.oneof(
    { maxDepth: 1, depthSize: 'small' },
    { arbitrary: value, weight: 5 },
    { arbitrary: nested, weight: 1 },
  );
}

const build = ({ literals, parameters }: Shape): Route =>
  route(
    templateStrings(...literals),
    ...parameters.map((one) => (typeof one === 'string' ? one : build(one))),
  );

/** The same route with a plain word for each value: the structure its author had in mind. */
function withWords({ literals, parameters }: Shape): string {
  let text = literals[0] ?? '';
  parameters.forEach((one, i) => {
    const isQuery = text.includes('?');
    text += isQuery || typeof one === 'string' ? 'word' : withWords(one);
    text += literals[i + 1];
  });
  return text;
}

/** One percent-decode of each byte, as lenient as any server's. */
const decodeOnce = (path: string) =>
  path.replace(/%([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );

const segmentsOf = (path: string) => path.split(/[/\\]/);

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    expect(error).toBeInstanceOf(RouteError);
    return undefined;
  }
}

describe('whatever the parameters are', () => {
  it('a route is refused, or has exactly the structure of its template', () => {
    let accepted = 0;
    fc.assert(
      fc.property(shape, (tree) => {
        const made = attempt(() => build(tree));
        if (made === undefined) return;
        accepted++;
        const actual = new URL(made.value, BASE);
        const expected = new URL(withWords(tree), BASE);
        expect(actual.origin).toBe(expected.origin);
        expect(actual.hash).toBe('');
        expect([...actual.searchParams.keys()]).toEqual([...expected.searchParams.keys()]);
        expect(segmentsOf(actual.pathname)).toHaveLength(segmentsOf(expected.pathname).length);
        const decoded = decodeOnce(actual.pathname);
        expect(segmentsOf(decoded)).toHaveLength(segmentsOf(decodeOnce(expected.pathname)).length);
        // Nothing that a second parser would act on.
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        expect(decoded).not.toMatch(/[?#\0-\x1f\x7f]/);
        // An author may write `.;`, a value may not make one.
        const dots = (path: string) =>
          segmentsOf(path).filter((segment) => /^ *\.{1,2} *(?:;|$)/.test(segment)).length;
        expect(dots(decoded)).toBe(dots(decodeOnce(expected.pathname)));
      }),
      { numRuns: Number(process.env.ROUTE_RUNS ?? 5_000) },
    );
    // Not by refusing everything.
    expect(accepted).toBeGreaterThan(500);
  });

  it('the template shows no value', () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 3, maxLength: 3 }), ([a, b, c]) => {
        const made = attempt(() => route`/wiki/${`v${a}`}/x/${`v${b}`}?q=${c}`);
        if (made !== undefined) expect(made.template).toBe('/wiki/{}/x/{}');
      }),
    );
  });

  it('value and template are visible ASCII in the path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const made = attempt(() => route`/wiki/ü x/${text}`);
        if (made !== undefined) expect(made.value + made.template).toMatch(/^[!-~]+$/);
      }),
    );
  });
});
