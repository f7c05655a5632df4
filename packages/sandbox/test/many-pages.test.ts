import { expect, test } from 'vitest';
import { startSandbox } from '../src/index.js';
import { basic, bearer, type List, type Page, send } from './sandbox-client.js';

test('a site may have many pages, each found once by every list', async () => {
  await using sandbox = await startSandbox({ pages: 1_200 });
  const admin = basic(sandbox.people.admin);
  const ids: string[] = [];
  let next: string | undefined = '/wiki/api/v2/pages?limit=250';
  while (next !== undefined) {
    const { body }: { body: List<Page> } = await send<List<Page>>(sandbox.siteUrl + next, admin);
    ids.push(...body.results.map(({ id }) => id));
    next = body._links.next;
  }
  expect(new Set(ids).size).toBe(1_200);
  expect(ids).toHaveLength(1_200);

  const pat = bearer(sandbox.people.admin.personalAccessToken);
  const numbered: string[] = [];
  for (let start = 0; start < 1_300; start += 200) {
    const url = `${sandbox.dataCenter.url}/rest/api/content?start=${start}&limit=200`;
    const { body } = await send<List<Page>>(url, pat);
    numbered.push(...body.results.map(({ id }) => id));
    expect(body._links.next === undefined).toBe(start === 1_000 || start === 1_200);
  }
  expect(numbered).toEqual(ids);
});

test('201 pages are the 200 and the home of an archive', async () => {
  await using sandbox = await startSandbox({ pages: 201 });
  const url = `${sandbox.siteUrl}/wiki/api/v2/spaces?keys=ARCH`;
  const { body } = await send<List<{ id: string }>>(url, basic(sandbox.people.reader));
  const [{ id } = { id: '' }] = body.results;
  const pages = `${sandbox.siteUrl}/wiki/api/v2/spaces/${id}/pages`;
  const answer = await send<List<Page>>(pages, basic(sandbox.people.reader));
  expect(answer.body.results.map(({ title }) => title)).toEqual(['Weighing archive home']);
  expect((await send<List<unknown>>(url)).body.results).toEqual([]);
});
