import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/index.js';
import { type Answer, basic, type Failure, type List, type Page, send } from './sandbox-client.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const api = (path: string) => `${sandbox.siteUrl}/wiki/api/v2${path}`;
const get = <T>(path: string) => send<T>(api(path), basic(sandbox.people.admin));

async function walk(path: string): Promise<Page[]> {
  const pages: Page[] = [];
  let next: string | undefined = api(path);
  while (next !== undefined) {
    const { body }: Answer<List<Page>> = await send(next, basic(sandbox.people.admin));
    pages.push(...body.results);
    next = body._links.next && new URL(body._links.next, sandbox.siteUrl).href;
  }
  return pages;
}

describe.each(['id', '-id', 'title', '-title', 'created-date', '-modified-date', 'modified-date'])(
  'sorted by %s',
  (sort) => {
    test('200 pages come once each, in order, in pages of 37', async () => {
      const pages = await walk(`/pages?limit=37&sort=${sort}`);
      expect(pages).toHaveLength(200);
      expect(new Set(pages.map((page) => page.id)).size).toBe(200);
      if (sort.endsWith('modified-date')) {
        const times = pages.map((page) => page.version.createdAt);
        const sorted = times.toSorted();
        expect(times).toEqual(sort.startsWith('-') ? sorted.reverse() : sorted);
      }
    });
  },
);

test('a page written between two pages of a list moves nothing', async () => {
  const first = await get<List<Page>>('/pages?limit=100&sort=-title');
  const created = await send(
    api('/pages'),
    { ...basic(sandbox.people.admin), 'content-type': 'application/json' },
    { method: 'POST', body: JSON.stringify({ spaceId: '65538', title: 'Zebra crossing' }) },
  );
  expect(created.status).toBe(200);
  const second = await send<List<Page>>(
    `${sandbox.siteUrl}${first.body._links.next}`,
    basic(sandbox.people.admin),
  );
  const ids = [...first.body.results, ...second.body.results].map((page) => page.id);
  expect(new Set(ids).size).toBe(200);
});

test('the next link is relative, in the body and in the Link header', async () => {
  const { body, headers } = await get<List<Page>>('/pages?limit=2&space-id=65538&sort=title');
  const { next, base } = body._links;
  expect(base).toBe(`${sandbox.siteUrl}/wiki`);
  expect(next).toMatch(/^\/wiki\/api\/v2\/pages\?space-id=65538&sort=title&cursor=[^&]+&limit=2$/);
  expect(headers.get('link')).toBe(`<${next}>; rel="next", <${base}>; rel="base"`);
});

test('the last page has no next link', async () => {
  const { body, headers } = await get<List<Page>>('/spaces?limit=3');
  expect(body.results).toHaveLength(3);
  expect(body._links).toEqual({ base: `${sandbox.siteUrl}/wiki` });
  expect(headers.get('link')).toBe(`<${sandbox.siteUrl}/wiki>; rel="base"`);
});

test('25 is the default', async () => {
  const { body } = await get<List<Page>>('/pages');
  expect(body.results).toHaveLength(25);
});

test.each([
  'limit=0',
  'limit=251',
  'limit=-1',
  'limit=1e2',
  'limit=',
  'cursor=nonsense',
  'cursor=eyJpZCI6MX0%3D',
  'cursor=%25%25',
  'sort=colour',
  'sort=__proto__',
  'space-id=abc',
  'status=lost',
  'body-format=wiki',
])('%s is a 400', async (query) => {
  const { status, body } = await get<Failure>(`/pages?${query}`);
  expect(status).toBe(400);
  expect(body.errors[0]).toMatchObject({ status: 400, code: 'INVALID_REQUEST_PARAMETER' });
});

test('a cursor of one order is refused in another', async () => {
  const { body } = await get<List<Page>>('/pages?limit=1&sort=title');
  const cursor = new URL(body._links.next ?? '', sandbox.siteUrl).searchParams.get('cursor') ?? '';
  const { status } = await get(`/pages?sort=id&cursor=${encodeURIComponent(cursor)}`);
  expect(status).toBe(400);
});

test('a space lists its own pages, and its top alone with depth=root', async () => {
  const inHelp = await walk('/spaces/65544/pages?limit=50');
  expect(inHelp).toHaveLength(60);
  expect(inHelp.every((page) => page.spaceId === '65544')).toBe(true);
  const { body } = await get<List<Page>>('/spaces/65544/pages?depth=root');
  expect(body.results.map((page) => page.title)).toEqual(['Customer Help home']);
});

test('bodies come on request only', async () => {
  const without = await get<List<Page>>('/pages?limit=1');
  expect(without.body.results[0]?.body).toEqual({});
  const withBody = await get<List<Page>>('/pages?limit=1&body-format=storage');
  expect(withBody.body.results[0]?.body.storage?.value).toMatch(/^<p>/);
});

test('the seeded site is the same at every start, and has old and fresh pages', async () => {
  const now = () => Date.UTC(2026, 10, 1);
  await using one = await startSandbox({ now });
  await using two = await startSandbox({ now });
  const [a, b] = await Promise.all(
    [one, two].map((each) =>
      send<List<Page>>(
        `${each.siteUrl}/wiki/api/v2/pages?limit=250&sort=modified-date`,
        basic(each.people.admin),
      ),
    ),
  );
  expect(a?.body.results).toEqual(b?.body.results);
  const years = a?.body.results.map(
    (page) => (now() - Date.parse(page.version.createdAt)) / 31_536_000_000,
  );
  expect(years?.filter((age) => age > 1).length).toBeGreaterThan(40);
  expect(years?.filter((age) => age < 0.25).length).toBeGreaterThan(40);
  expect(years?.every((age) => age > 0)).toBe(true);
});
