import { ensureOk, ResponseError, route, type Tributary } from '@tributary/api';
import { commentOn } from '../app/review.js';
import type { StalePage } from '../app/stale-pages.js';
import type { Entry } from './diary.js';

/**
 * As the user: comments on a page, and says what came of it. The first call is the one that needs them, and
 * the comment is the last, so that a run that ends in the person's consent has written nothing.
 */
export const commentAsUser = async (
  tributary: Tributary,
  page: StalePage,
  run: number,
): Promise<Omit<Entry, 'at'>> => {
  try {
    const me = await ensureOk(
      tributary.api
        .asUser()
        .requestConfluence<{ displayName: string }>(route`/wiki/rest/api/user/current`),
    );
    const { displayName } = await me.json();
    const comment = await commentOn(tributary, page);
    const after = run > 1 ? `, after you allowed access (run ${run} of the handler)` : '';
    return {
      isDone: true,
      text: `${displayName} commented on “${page.title}”${after}. The comment's id is ${comment}.`,
    };
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    return {
      isDone: false,
      text: `Nothing was written on “${page.title}”. ${error.message}`,
    };
  }
};
