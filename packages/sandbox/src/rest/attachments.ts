import { type Context, Hono } from 'hono';
import { type AttachmentRow, findAttachment, listAttachments } from '../store/attachments.js';
import type { PageRow } from '../store/pages.js';
import { uploadAttachment } from './attachment-upload.js';
import type { RestEnv, Services } from './env.js';
import { requireCurrentPage } from './page-access.js';
import { answerList, readLimit, readWindow } from './paging.js';
import { Problem } from './problem.js';
import { parseId, viewerOf } from './request.js';
import { scope } from './scopes.js';
import { answerV1List } from './v1-paging.js';

const read = scope('readonly:content.attachment:confluence', 'read:attachment:confluence');
const write = scope('write:confluence-file', 'write:attachment:confluence');

const byId = { name: 'id', column: 'id', descending: false };

/** `att42`; v1 takes the number too. */
const parseAttachmentId = (text: string | undefined): number =>
  parseId(text?.replace(/^att/, ''), 'id');

/** v1: list, upload, download. There is no v2 of the last two. */
export function attachmentsV1Api(services: Services): Hono<RestEnv> {
  const { database, media } = services;
  const api = new Hono<RestEnv>();
  const pageOf = (c: Context<RestEnv>): PageRow =>
    requireCurrentPage(services, viewerOf(c), parseId(c.req.param('id'), 'id'));

  api.get('/content/:id/child/attachment', read, (c) => {
    const everything = { order: byId, limit: 10_000, after: undefined };
    const rows = listAttachments(database, pageOf(c).id, c.req.query('filename'), everything);
    return answerV1List(c, services, rows.map(presentV1), readLimit(c, 25, 200));
  });

  const upload = (mode: 'create' | 'upsert') => async (c: Context<RestEnv>) => {
    const id = await uploadAttachment(c, services, pageOf(c), mode);
    // A name that is taken: 400, and not a word why.
    if (id === undefined) return c.body(null, 400);
    const row = findAttachment(database, id) as AttachmentRow;
    return answerV1List(c, services, [presentV1(row)], 25);
  };
  api.post('/content/:id/child/attachment', write, upload('create'));
  api.put('/content/:id/child/attachment', write, upload('upsert'));

  api.get('/content/:id/child/attachment/:attachmentId/download', read, (c) => {
    const asked = c.req.query('version');
    const version = asked === undefined ? undefined : parseId(asked, 'version');
    const row = findAttachment(database, parseAttachmentId(c.req.param('attachmentId')), version);
    if (row === undefined || row.page_id !== pageOf(c).id) throw new Problem(404, 'Not Found');
    return c.redirect(media.link(row.media_id), 302);
  });

  return api;
}

/** v2: `GET /pages/{id}/attachments` and `GET /attachments/{id}`. */
export function attachmentsApi(services: Services): Hono<RestEnv> {
  const { database, siteUrl } = services;
  const api = new Hono<RestEnv>();

  api.get('/pages/:id/attachments', scope('read:attachment:confluence'), (c) => {
    const page = requireCurrentPage(services, viewerOf(c), parseId(c.req.param('id'), 'id'));
    const window = readWindow(c, { id: 'id', title: 'title' }, 'id');
    const rows = listAttachments(database, page.id, c.req.query('filename'), window);
    return answerList(c, services, window, rows, present);
  });

  api.get('/attachments/:id', scope('read:attachment:confluence'), (c) => {
    const row = findAttachment(database, parseAttachmentId(c.req.param('id')));
    if (row === undefined) throw new Problem(404, 'Not Found');
    requireCurrentPage(services, viewerOf(c), row.page_id);
    return c.json({ ...present(row), _links: { ...linksOf(row), base: `${siteUrl}/wiki` } });
  });

  return api;
}

const linksOf = (row: AttachmentRow) => ({
  webui: `/pages/viewpageattachments.action?pageId=${row.page_id}`,
  // Refuses API tokens, as the real one does; see the download endpoint.
  download: `/download/attachments/${row.page_id}/${encodeURIComponent(row.title)}?version=${row.version}&api=v2`,
});

const present = (row: AttachmentRow) => ({
  id: `att${row.id}`,
  status: 'current',
  title: row.title,
  createdAt: new Date(row.created_at).toISOString(),
  pageId: String(row.page_id),
  mediaType: row.media_type,
  comment: row.comment,
  fileId: row.media_id,
  fileSize: row.size,
  version: {
    number: row.version,
    message: row.comment,
    minorEdit: row.minor_edit === 1,
    authorId: row.author_id,
    createdAt: new Date(row.created_at).toISOString(),
  },
  downloadLink: linksOf(row).download,
  _links: linksOf(row),
});

const presentV1 = (row: AttachmentRow) => ({
  id: `att${row.id}`,
  type: 'attachment',
  status: 'current',
  title: row.title,
  version: {
    number: row.version,
    when: new Date(row.created_at).toISOString(),
    minorEdit: row.minor_edit === 1,
  },
  metadata: { mediaType: row.media_type, comment: row.comment },
  extensions: {
    mediaType: row.media_type,
    fileSize: row.size,
    comment: row.comment,
    fileId: row.media_id,
  },
  _links: linksOf(row),
});
