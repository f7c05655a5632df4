import type { Database } from '../database.js';
import { keyset, keysetParameters, type Window } from './keyset.js';

export interface CommentRow {
  readonly id: number;
  readonly page_id: number;
  readonly page_title: string;
  readonly parent_id: number | null;
  readonly body: string;
  readonly author_id: string;
  readonly created_at: number;
  readonly version: number;
}

const columns = `SELECT c.*, p.title AS page_title FROM comments c JOIN pages p ON p.id = c.page_id`;

/** Comments at the top level of a page; the caller has checked that the page may be seen. */
export function listComments(database: Database, pageId: number, window: Window): CommentRow[] {
  const { where, tail } = keyset('c', window);
  return database.all<CommentRow>(
    `${columns} WHERE c.page_id = :page AND c.parent_id IS NULL AND ${where} ${tail}`,
    { page: pageId, ...keysetParameters(window) },
  );
}

export const findComment = (database: Database, id: number): CommentRow | undefined =>
  database.get<CommentRow>(`${columns} WHERE c.id = :id`, { id });

export interface NewComment {
  readonly pageId: number;
  readonly parentId: number | null;
  readonly body: string;
  readonly authorId: string;
  readonly now: number;
}

export const insertComment = (database: Database, comment: NewComment): number =>
  database.run(
    `INSERT INTO comments (page_id, parent_id, body, author_id, created_at)
     VALUES (:page, :parent, :body, :author, :now)`,
    {
      page: comment.pageId,
      parent: comment.parentId,
      body: comment.body,
      author: comment.authorId,
      now: comment.now,
    },
  );
