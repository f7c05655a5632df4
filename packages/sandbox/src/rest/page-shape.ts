import type { PageRow } from '../store/pages.js';

/** A page as v2 shows it. */
export function presentPage(row: PageRow, withBody: boolean) {
  const slug = encodeURIComponent(row.title).replaceAll('%20', '+');
  return {
    id: String(row.id),
    status: row.status,
    title: row.title,
    spaceId: String(row.space_id),
    parentId: row.parent_id === null ? null : String(row.parent_id),
    parentType: row.parent_id === null ? null : 'page',
    position: row.position,
    authorId: row.author_id,
    ownerId: row.author_id,
    lastOwnerId: null,
    createdAt: new Date(row.created_at).toISOString(),
    version: {
      number: row.version,
      message: row.version_message,
      minorEdit: false,
      authorId: row.modified_by,
      createdAt: new Date(row.modified_at).toISOString(),
    },
    body: withBody ? { storage: { representation: 'storage', value: row.body } } : {},
    _links: {
      webui: `/spaces/${row.space_key}/pages/${row.id}/${slug}`,
      editui: `/pages/resumedraft.action?draftId=${row.id}`,
      edituiv2: `/spaces/${row.space_key}/pages/edit-v2/${row.id}`,
      tinyui: `/x/${row.id.toString(36)}`,
    },
  };
}
