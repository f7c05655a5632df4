import api, { authorize, route } from '@forge/api';
import type Resolver from '@forge/resolver';

interface Page {
  id: string;
  title: string;
  authorId: string;
  version: { number: number; createdAt: string };
}

const readPage = async (pageId: string): Promise<Page> => {
  const response = await api.asUser().requestConfluence(route`/wiki/api/v2/pages/${pageId}`, {
    headers: { Accept: 'application/json' },
  });
  if (!response.ok) throw new Error(`The page can't be read: ${response.status}`);
  return response.json();
};

const readLabels = async (pageId: string): Promise<string[]> => {
  const response = await api
    .asApp()
    .requestConfluence(route`/wiki/api/v2/pages/${pageId}/labels?limit=${'50'}`);
  const { results } = await response.json();
  return results.map(({ name }: { name: string }) => name);
};

export const defineInsights = (resolver: Resolver): void => {
  resolver.define('getInsights', async ({ payload, context }) => {
    // The macro's own page, where the frontend names none.
    const pageId = payload.pageId ?? context.extension?.content?.id;
    const [page, labels] = await Promise.all([readPage(pageId), readLabels(pageId)]);
    const mayUpdate = await authorize().onConfluenceContent(page.id).canUpdate?.();
    return {
      title: page.title,
      version: page.version.number,
      isMine: page.authorId === context.accountId,
      mayUpdate: Boolean(mayUpdate),
      labels,
    };
  });

  resolver.define('whoAmI', async ({ context }) => {
    const response = await api.asUser().requestConfluence(route`/wiki/rest/api/user/current`);
    const { displayName } = await response.json();
    return { displayName, accountId: context.accountId };
  });

  resolver.define('add', ({ payload: { a, b } }) => ({ sum: a + b }));
};
