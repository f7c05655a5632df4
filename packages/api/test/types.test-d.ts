import { createTributary, fromEnv, route } from '../src/index.js';

const { api } = createTributary(fromEnv());
const path = route`/wiki/api/v2/pages/${1}`;

// @ts-expect-error a string is no Route
api.asApp().requestConfluence('/wiki/api/v2/pages');

// @ts-expect-error nor is an object of the same shape
api.asUser().requestConfluence({ value: '/wiki', template: '/wiki' });

// @ts-expect-error a misspelt option is no middleware's key
api.requestConfluence(path, { mehtod: 'POST' });

// @ts-expect-error a site is said explicitly
createTributary({ site: 'https://example.atlassian.net' });

/** The type argument is what `json()` promises; the rest is a standard Response. */
export const title = async (): Promise<string> => {
  const response = await api.asApp().requestConfluence<{ title: string }>(path, {
    retry: { idempotent: true },
  });
  const standard: Response = response;
  const page = await response.json();
  // @ts-expect-error it has no such field
  page.body;
  return `${standard.status} ${page.title}`;
};
