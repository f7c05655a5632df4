import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cloud, dataCenter, sitePath } from '../src/index.js';

const CLOUD = cloud('https://example.atlassian.net');
const DATA_CENTER = dataCenter('https://host.example/confluence');
const UNDER_WIKI = dataCenter('https://host.example/wiki');

describe('sitePath', () => {
  test.each([
    ['/wiki/api/v2/pages', '/wiki/api/v2/pages', '/api/v2/pages'],
    ['/wiki/rest/api/content/1?a=b', '/wiki/rest/api/content/1?a=b', '/rest/api/content/1?a=b'],
    ['/rest/api/content', '/wiki/rest/api/content', '/rest/api/content'],
    ['/rest', '/wiki/rest', '/rest'],
    ['/rest?x', '/wiki/rest?x', '/rest?x'],
    ['/restful', '/restful', '/restful'],
    ['/wikipedia/rest', '/wikipedia/rest', '/wikipedia/rest'],
    ['/wiki', '/wiki', '/'],
    ['/wiki?x=1', '/wiki?x=1', '/?x=1'],
    ['/wiki/wiki/rest/api', '/wiki/rest/api', '/rest/api'],
    [
      '/download/attachments/1/a.png',
      '/download/attachments/1/a.png',
      '/download/attachments/1/a.png',
    ],
    ['/_edge/tenant_info', '/_edge/tenant_info', '/_edge/tenant_info'],
    ['/', '/', '/'],
  ])('maps %s', (path, onCloud, onDataCenter) => {
    expect(sitePath(CLOUD, 'confluence', path)).toBe(onCloud);
    expect(sitePath(DATA_CENTER, 'confluence', path)).toBe(onDataCenter);
    expect(sitePath(UNDER_WIKI, 'confluence', path)).toBe(onDataCenter);
  });

  test('leaves other products alone', () => {
    expect(sitePath(CLOUD, 'jira', '/rest/api/3/issue')).toBe('/rest/api/3/issue');
    expect(sitePath(CLOUD, 'graph', '/wiki/rest')).toBe('/wiki/rest');
  });

  const path = fc
    .array(fc.constantFrom('wiki', 'rest', 'api', 'v2', 'pages', 'wikis', '', 'a b'), {
      maxLength: 6,
    })
    .chain((segments) =>
      fc.constantFrom('', '?x=/wiki/wiki', '?').map((query) => `/${segments.join('/')}${query}`),
    );

  test('is idempotent and never doubles /wiki', () => {
    fc.assert(
      fc.property(path, fc.constantFrom(CLOUD, DATA_CENTER, UNDER_WIKI), (given, site) => {
        const once = sitePath(site, 'confluence', given);
        expect(sitePath(site, 'confluence', once)).toBe(once);
        expect(once.startsWith('/')).toBe(true);
        const wikis = /^(?:\/wiki(?![^/?]))*/.exec(once)?.[0].length ?? 0;
        expect(wikis).toBeLessThanOrEqual(site.deployment === 'cloud' ? '/wiki'.length : 0);
      }),
    );
  });
});
