import { anyone, type Database, level, type Parameters } from '../database.js';
import { isAdmin } from '../people.js';

/** Who looks at the site: an account, or nobody in particular. */
export interface Viewer {
  readonly accountId: string | undefined;
}

export type Operation = 'read' | 'update' | 'delete';

/** Parameters of every query that filters by what a viewer may see. */
export const viewerParameters = (viewer: Viewer): Parameters => ({
  viewer: viewer.accountId ?? anyone,
});

/**
 * Pages a viewer may not see: those restricted to others, and everything below them, since
 * view restrictions are inherited. Goes before a SELECT.
 */
export const hiddenPages = `
  WITH RECURSIVE hidden (id) AS (
    SELECT page_id FROM restrictions WHERE operation = 'read'
      GROUP BY page_id HAVING SUM(account_id = :viewer) = 0
    UNION SELECT pages.id FROM pages JOIN hidden ON pages.parent_id = hidden.id
  )`;

export const visibleSpaces = `SELECT space_id FROM space_rights WHERE subject IN (:viewer, '${anyone}')`;

/** The condition on pages `p` that goes with `hiddenPages`. */
export const visiblePage = `p.id NOT IN (SELECT id FROM hidden) AND p.space_id IN (${visibleSpaces})`;

/** The highest right that a viewer has in a space; 0 for none. */
export function spaceLevel(database: Database, viewer: Viewer, spaceId: number): number {
  const row = database.get<{ level: number | null }>(
    `SELECT MAX(level) AS level FROM space_rights WHERE space_id = :space AND subject IN (:viewer, '${anyone}')`,
    { space: spaceId, ...viewerParameters(viewer) },
  );
  return row?.level ?? 0;
}

/** What is asked of a page; `space_id` and `author_id` as the table has them. */
interface PageFacts {
  readonly id: number;
  readonly space_id: number;
  readonly author_id: string;
}

/** Whether somebody who can see a page may also do this to it. */
export function isAllowed(
  database: Database,
  viewer: Viewer,
  page: PageFacts,
  operation: Operation,
): boolean {
  if (operation === 'read') return true;
  const right = spaceLevel(database, viewer, page.space_id);
  if (right < level.edit || !passesUpdateRestriction(database, viewer, page.id)) return false;
  // Editors delete what they wrote; everything else is for those who administer the space.
  if (operation === 'delete') {
    return right >= level.administer || page.author_id === viewer.accountId;
  }
  return true;
}

function passesUpdateRestriction(database: Database, viewer: Viewer, pageId: number): boolean {
  if (isAdmin(viewer.accountId)) return true;
  const who = database.all<{ account_id: string }>(
    `SELECT account_id FROM restrictions WHERE page_id = :page AND operation = 'update'`,
    { page: pageId },
  );
  return who.length === 0 || who.some((row) => row.account_id === viewer.accountId);
}
