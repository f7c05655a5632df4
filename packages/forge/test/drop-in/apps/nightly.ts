// A scheduled trigger: named imports, as the app, through all pages of a list.
import {
  type APIResponse,
  asApp,
  assumeTrustedRoute,
  type RequestProductMethod,
  type Route,
  requestConfluence,
  route,
} from '@forge/api';

const request: RequestProductMethod = (path: Route, options) =>
  asApp().requestConfluence(path, options);

const read = async (
  response: APIResponse,
): Promise<{ results: { id: string; title: string }[]; next?: string }> => {
  const { results, _links } = await response.json();
  return { results, next: _links?.next };
};

export const run = async (): Promise<string[]> => {
  const query = new URLSearchParams({ limit: '2', sort: 'title' });
  let page = await read(await request(route`/wiki/api/v2/pages?${query}`));
  const titles = page.results.map(({ title }) => title);
  while (page.next !== undefined && titles.length < 6) {
    page = await read(await request(assumeTrustedRoute(page.next)));
    titles.push(...page.results.map(({ title }) => title));
  }
  return titles;
};

export const readAnonymously = async (): Promise<number> =>
  (await requestConfluence(route`/wiki/api/v2/spaces`)).status;
