import type { Database } from '../database.js';
import { keyset, keysetParameters, type Window } from './keyset.js';

/** An attachment in its latest version. */
export interface AttachmentRow {
  readonly id: number;
  readonly page_id: number;
  readonly title: string;
  readonly version: number;
  readonly media_id: string;
  readonly media_type: string;
  readonly size: number;
  readonly comment: string;
  readonly minor_edit: number;
  readonly author_id: string;
  readonly created_at: number;
}

const columns = `SELECT a.id, a.page_id, a.title, v.* FROM attachments a
  JOIN attachment_versions v ON v.attachment_id = a.id`;

const latest = `v.version = (SELECT MAX(version) FROM attachment_versions WHERE attachment_id = a.id)`;

export function listAttachments(
  database: Database,
  pageId: number,
  filename: string | undefined,
  window: Window,
): AttachmentRow[] {
  const { where, tail } = keyset('a', window);
  return database.all<AttachmentRow>(
    `${columns} WHERE a.page_id = :page AND (:title IS NULL OR a.title = :title)
       AND ${latest} AND ${where} ${tail}`,
    { page: pageId, title: filename ?? null, ...keysetParameters(window) },
  );
}

export const findAttachment = (
  database: Database,
  id: number,
  version?: number,
): AttachmentRow | undefined =>
  database.get<AttachmentRow>(
    `${columns} WHERE a.id = :id AND ${version === undefined ? latest : 'v.version = :version'}`,
    { id, ...(version !== undefined && { version }) },
  );

export const attachmentNamed = (
  database: Database,
  pageId: number,
  title: string,
): number | undefined =>
  database.get<{ id: number }>(
    'SELECT id FROM attachments WHERE page_id = :page AND title = :title',
    { page: pageId, title },
  )?.id;

export interface NewVersion {
  readonly pageId: number;
  readonly title: string;
  readonly mediaId: string;
  readonly mediaType: string;
  readonly size: number;
  readonly comment: string;
  readonly minorEdit: boolean;
  readonly authorId: string;
  readonly now: number;
}

/** The first version of a new attachment, or the next one of the attachment with that name. */
export const saveAttachment = (database: Database, next: NewVersion): number =>
  database.atomically(() => {
    const { pageId: page, title } = next;
    const id =
      attachmentNamed(database, page, title) ??
      database.run('INSERT INTO attachments (page_id, title) VALUES (:page, :title)', {
        page,
        title,
      });
    database.run(
      `INSERT INTO attachment_versions VALUES (:id,
         (SELECT COALESCE(MAX(version), 0) + 1 FROM attachment_versions WHERE attachment_id = :id),
         :media, :type, :size, :comment, :minor, :author, :now)`,
      {
        id,
        media: next.mediaId,
        type: next.mediaType,
        size: next.size,
        comment: next.comment,
        minor: next.minorEdit ? 1 : 0,
        author: next.authorId,
        now: next.now,
      },
    );
    return id;
  });
