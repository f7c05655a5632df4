import type { Database } from '../database.js';
import { hiddenPages, type Viewer, viewerParameters, visiblePage } from './access.js';
import { keyset, keysetParameters, type Window } from './keyset.js';

export interface PageRow {
  readonly id: number;
  readonly space_id: number;
  readonly space_key: string;
  readonly parent_id: number | null;
  readonly position: number;
  readonly title: string;
  readonly status: string;
  readonly body: string;
  readonly author_id: string;
  readonly created_at: number;
  readonly version: number;
  readonly version_message: string;
  readonly modified_at: number;
  readonly modified_by: string;
}

export interface PageFilter {
  readonly ids?: readonly number[];
  readonly spaceIds?: readonly number[];
  readonly title?: string;
  readonly statuses: readonly string[];
  /** Only pages at the top of their space. */
  readonly rootOnly?: boolean;
}

const columns = 'SELECT p.*, s.key AS space_key FROM pages p JOIN spaces s ON s.id = p.space_id';

export function listPages(
  database: Database,
  viewer: Viewer,
  filter: PageFilter,
  window: Window,
): PageRow[] {
  const { where, tail } = keyset('p', window);
  return database.all<PageRow>(
    `${hiddenPages} ${columns} WHERE ${visiblePage}
       AND p.status IN (SELECT value FROM json_each(:statuses))
       AND (:ids IS NULL OR p.id IN (SELECT value FROM json_each(:ids)))
       AND (:spaces IS NULL OR p.space_id IN (SELECT value FROM json_each(:spaces)))
       AND (:title IS NULL OR p.title = :title)
       AND (:rootOnly = 0 OR p.parent_id IS NULL)
       AND ${where} ${tail}`,
    {
      ...viewerParameters(viewer),
      ...keysetParameters(window),
      statuses: JSON.stringify(filter.statuses),
      ids: filter.ids ? JSON.stringify(filter.ids) : null,
      spaces: filter.spaceIds ? JSON.stringify(filter.spaceIds) : null,
      title: filter.title ?? null,
      rootOnly: filter.rootOnly ? 1 : 0,
    },
  );
}

/** A page the viewer may see, in whatever status. */
export const findPage = (database: Database, viewer: Viewer, id: number): PageRow | undefined =>
  database.get<PageRow>(`${hiddenPages} ${columns} WHERE p.id = :id AND ${visiblePage}`, {
    ...viewerParameters(viewer),
    id,
  });

/** Whether there is such a page at all, for those who may not see it too. */
export const pageExists = (database: Database, id: number): boolean =>
  database.get(`SELECT 1 FROM pages WHERE id = :id AND status = 'current'`, { id }) !== undefined;

/** Whether a current page other than `except` already has this title in the space. */
export const isTitleTaken = (
  database: Database,
  spaceId: number,
  title: string,
  except = 0,
): boolean =>
  database.get(
    `SELECT 1 FROM pages WHERE space_id = :space AND title = :title AND status = 'current' AND id <> :except`,
    { space: spaceId, title, except },
  ) !== undefined;

export interface NewPage {
  readonly spaceId: number;
  readonly parentId: number | null;
  readonly title: string;
  readonly body: string;
  readonly authorId: string;
  readonly now: number;
}

export const insertPage = (database: Database, page: NewPage): number =>
  database.run(
    `INSERT INTO pages (space_id, parent_id, position, title, body, author_id, created_at, version, modified_at, modified_by)
     VALUES (:space, :parent,
       (SELECT COALESCE(MAX(position) + 1, 0) FROM pages WHERE parent_id IS :parent AND space_id = :space),
       :title, :body, :author, :now, 1, :now, :author)`,
    {
      space: page.spaceId,
      parent: page.parentId,
      title: page.title,
      body: page.body,
      author: page.authorId,
      now: page.now,
    },
  );

export interface PageChange {
  readonly id: number;
  readonly parentId: number | null;
  readonly title: string;
  readonly body: string;
  readonly version: number;
  readonly message: string;
  readonly authorId: string;
  readonly now: number;
}

export function updatePage(database: Database, change: PageChange): void {
  database.run(
    `UPDATE pages SET parent_id = :parent, title = :title, body = :body, version = :version,
       version_message = :message, modified_at = :now, modified_by = :author, status = 'current'
     WHERE id = :id`,
    {
      id: change.id,
      parent: change.parentId,
      title: change.title,
      body: change.body,
      version: change.version,
      message: change.message,
      author: change.authorId,
      now: change.now,
    },
  );
}

/** Moves a page to the bin; its children move up to its parent, as in Confluence. */
export function trashPage(database: Database, page: PageRow): void {
  database.atomically(() => {
    database.run(`UPDATE pages SET parent_id = :parent WHERE parent_id = :id`, {
      id: page.id,
      parent: page.parent_id,
    });
    database.run(`UPDATE pages SET status = 'trashed' WHERE id = :id`, { id: page.id });
  });
}

/** Archives a page: it stays where it is, and is read only. */
export const archivePage = (database: Database, id: number): void => {
  database.run(`UPDATE pages SET status = 'archived' WHERE id = :id`, { id });
};

/** Whether `page` lies at or below `ancestor`; a page can't be moved below itself. */
export const isBelow = (database: Database, page: number, ancestor: number): boolean =>
  database.get(
    `WITH RECURSIVE up (id) AS (
       SELECT :page UNION SELECT pages.parent_id FROM pages JOIN up ON pages.id = up.id
     ) SELECT 1 FROM up WHERE id = :ancestor`,
    { page, ancestor },
  ) !== undefined;
