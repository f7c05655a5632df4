import { ensureOk, route, type Tributary } from '@tributary/api';
import type { StalePage } from './stale-pages.js';

export interface ReviewedPage extends StalePage {
  readonly mayUpdate: boolean;
}

/** As the user: which of these pages may they update? Asked one by one, since each asks Confluence. */
export const reviewPages = async (
  { authorize }: Tributary,
  pages: readonly StalePage[],
): Promise<readonly ReviewedPage[]> => {
  const reviewed: ReviewedPage[] = [];
  for (const page of pages) {
    const mayUpdate = await authorize().onConfluenceContent(page.id).canUpdate();
    reviewed.push({ ...page, mayUpdate });
  }
  return reviewed;
};

export const LABEL = 'stale';

/** As the user: puts a label on the page. */
export const labelAsStale = async ({ api }: Tributary, page: StalePage): Promise<void> => {
  await ensureOk(
    api.asUser().requestConfluence(route`/wiki/rest/api/content/${page.id}/label`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ prefix: 'global', name: LABEL }]),
    }),
  );
};

/** As the user: says on the page what was found. Resolves to the comment's id. */
export const commentOn = async ({ api }: Tributary, page: StalePage): Promise<string> => {
  const value = `<p>Nobody has changed this page for ${page.days} days. Is it still right?</p>`;
  const response = await ensureOk(
    api.asUser().requestConfluence<{ id: string }>(route`/wiki/api/v2/footer-comments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ pageId: page.id, body: { representation: 'storage', value } }),
    }),
  );
  return (await response.json()).id;
};
