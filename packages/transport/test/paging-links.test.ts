import { isUnderBase, urlUnderBase } from '@tributary/pipeline';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linkTarget } from '../src/paging/link-header.js';
import { rerootLink } from '../src/paging/reroot-link.js';

const V2 = '/wiki/api/v2/pages?limit=2';
const SITE = 'https://example.atlassian.net';
const CLOUD_ID = '5a3d8c1e-7b42-4f96-9e0d-2c6b1f8a4d73';

describe('a link of an answer, put where the request stood', () => {
  const cases: readonly (readonly [
    what: string,
    link: string,
    from: string,
    to: string | undefined,
  ])[] = [
    [
      'v2',
      '/wiki/api/v2/pages?cursor=a%3D%3D&limit=2',
      V2,
      '/wiki/api/v2/pages?cursor=a%3D%3D&limit=2',
    ],
    [
      'v2 with the site before it',
      `${SITE}/wiki/api/v2/pages?cursor=a`,
      V2,
      '/wiki/api/v2/pages?cursor=a',
    ],
    [
      'v1 without /wiki',
      '/rest/api/search?cursor=a',
      '/wiki/rest/api/search?cql=x',
      '/wiki/rest/api/search?cursor=a',
    ],
    [
      '/wiki twice',
      '/wiki/wiki/rest/api/search?start=2',
      '/wiki/rest/api/search',
      '/wiki/rest/api/search?start=2',
    ],
    [
      'the gateway’s own',
      `/ex/confluence/${CLOUD_ID}/wiki/api/v2/pages?cursor=a`,
      V2,
      '/wiki/api/v2/pages?cursor=a',
    ],
    [
      'another tenant’s',
      '/ex/confluence/other/wiki/api/v2/pages?cursor=a',
      V2,
      '/wiki/api/v2/pages?cursor=a',
    ],
    [
      'another host',
      'https://evil.example/wiki/api/v2/pages?cursor=a',
      V2,
      '/wiki/api/v2/pages?cursor=a',
    ],
    [
      'Data Center',
      '/rest/api/content?start=25',
      '/rest/api/content',
      '/rest/api/content?start=25',
    ],
    [
      'a context path',
      '/confluence/rest/api/content?start=25',
      '/rest/api/content',
      '/rest/api/content?start=25',
    ],
    ['a query alone', '?cursor=a', V2, '/wiki/api/v2/pages?cursor=a'],
    [
      'a plus and an equals sign as they stand',
      '/wiki/api/v2/pages?cursor=a+b==',
      V2,
      '/wiki/api/v2/pages?cursor=a+b==',
    ],
    [
      'an endpoint outside the API',
      '/wiki/plugins/x?start=2',
      '/wiki/plugins/x',
      '/wiki/plugins/x?start=2',
    ],
    ['from outside the API to elsewhere', '/wiki/plugins/y', '/wiki/plugins/x', undefined],
    ['out of the API', '/wiki/admin/users', V2, undefined],
    ['out of the API by dots', '/wiki/api/v2/../../../admin', V2, undefined],
    ['out of the API by encoded dots', '/wiki/api/v2/%2e%2e/%2e%2e/%2e%2e/admin', V2, undefined],
    ['a slash that only a server would see', '/wiki/api/v2/..%2f..%2fadmin', V2, undefined],
    ['another scheme', 'javascript:alert(1)//rest/api/x', V2, undefined],
    ['no URL', 'http://', V2, undefined],
  ];
  test.for(cases)('%s', ([, link, from, to]) => {
    expect(rerootLink(link, from)).toBe(to);
  });

  test('a context path that itself looks like an API is taken away by its name', () => {
    const link = '/rest/api/confluence/rest/api/content?start=2';
    expect(rerootLink(link, '/rest/api/content', '/rest/api/confluence')).toBe(
      '/rest/api/content?start=2',
    );
  });

  const piece = fc.oneof(
    fc.constantFrom(
      '..',
      '.',
      '%2e%2e',
      '%2F',
      '%5c',
      '\\',
      '//',
      'rest',
      'api',
      'v2',
      'wiki',
      'ex',
      '@',
      ':',
      '?',
      '#',
      '&',
    ),
    fc.string({ maxLength: 6 }),
  );
  const anyLink = fc.oneof(
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.array(piece, { maxLength: 10 }).map((pieces) => `/${pieces.join('/')}`),
    fc.string(),
  );

  test('never leaves the base, whatever the link says', () => {
    const base = `https://api.atlassian.com/ex/confluence/${CLOUD_ID}/`;
    fc.assert(
      fc.property(
        anyLink,
        fc.constantFrom(V2, '/wiki/rest/api/search', '/rest/api/content'),
        (link, from) => {
          const found = rerootLink(link, from);
          if (found === undefined) return;
          expect(found).toMatch(/^(?:\/wiki)?\/(?:rest|api)\//);
          expect(isUnderBase(urlUnderBase(base, found), base)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('any cursor comes through as the server wrote it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (cursor) => {
        const query = new URLSearchParams({ cursor, limit: '2' });
        const found = rerootLink(`${SITE}/wiki/api/v2/pages?${query}`, V2) ?? '';
        const url = new URL(found, 'https://x.invalid');
        expect(url.searchParams.get('cursor')).toBe(query.get('cursor'));
        // Put where it stands already, nothing changes.
        expect(rerootLink(found, V2)).toBe(found);
      }),
    );
  });
});

describe('the Link header', () => {
  const cases: readonly (readonly [header: string, next: string | undefined])[] = [
    [
      '</wiki/api/v2/pages?cursor=a>; rel="next", <https://x/wiki>; rel="base"',
      '/wiki/api/v2/pages?cursor=a',
    ],
    ['<https://x/wiki>; rel="base", </p?cursor=a,b;c>; rel=next', '/p?cursor=a,b;c'],
    ['</p>; title="a, <b>; rel=\\"next\\""; rel="prev", </q>; REL="last Next"', '/q'],
    ['</p> ; rel = "next"', '/p'],
    ['</p>; rel="nextish"', undefined],
    ['</p>; norel="next"', undefined],
    ['', undefined],
  ];
  test.for(cases)('%s', ([header, next]) => {
    expect(linkTarget(header, 'next')).toBe(next);
  });

  test('is read whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string(), (junk) => {
        linkTarget(junk, 'next');
        linkTarget(`<${junk}>; rel="${junk}`, 'next');
      }),
    );
  });

  test('is read in a moment, also when it is hostile', () => {
    const header = `</p>${'; a="'.repeat(20_000)}`;
    expect(linkTarget(header, 'next')).toBeUndefined();
  });

  test('any target is found again', () => {
    const target = fc.string({ minLength: 1 }).filter((text) => !/[<>]/.test(text));
    fc.assert(
      fc.property(target, (uri) => {
        expect(linkTarget(`<${uri}>; rel="next", </base>; rel="base"`, 'next')).toBe(uri);
      }),
    );
  });
});
