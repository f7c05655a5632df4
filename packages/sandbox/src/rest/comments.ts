import { Hono } from 'hono';
import { level } from '../database.js';
import { spaceLevel } from '../store/access.js';
import { type CommentRow, findComment, insertComment, listComments } from '../store/comments.js';
import type { RestEnv, Services } from './env.js';
import { requireCurrentPage } from './page-access.js';
import { answerList, readWindow } from './paging.js';
import { Problem } from './problem.js';
import { accountOf, type Json, parseId, readRecord, requireStorage, viewerOf } from './request.js';
import { scope } from './scopes.js';

const sortable = { id: 'id', 'created-date': 'created_at', 'modified-date': 'created_at' };

/** Footer comments of a page: list, one, add. */
export function commentsApi(services: Services): Hono<RestEnv> {
  const { database, now, siteUrl } = services;
  const api = new Hono<RestEnv>();

  api.get('/pages/:id/footer-comments', scope('read:comment:confluence'), (c) => {
    const page = requireCurrentPage(services, viewerOf(c), parseId(c.req.param('id'), 'id'));
    const window = readWindow(c, sortable, 'id');
    const withBody = c.req.query('body-format') === 'storage';
    const rows = listComments(database, page.id, window);
    return answerList(c, services, window, rows, (row) => presentComment(row, withBody));
  });

  const answerComment = (id: number) => {
    const row = findComment(database, id);
    if (row === undefined) throw new Problem(404, 'Not Found');
    const comment = presentComment(row, true);
    return { ...comment, _links: { ...comment._links, base: `${siteUrl}/wiki` } };
  };

  api.get('/footer-comments/:id', scope('read:comment:confluence'), (c) => {
    const comment = answerComment(parseId(c.req.param('id'), 'id'));
    requireCurrentPage(services, viewerOf(c), Number(comment.pageId));
    return c.json(comment);
  });

  api.post('/footer-comments', scope('write:comment:confluence'), async (c) => {
    const authorId = accountOf(c);
    const body = await readRecord(c);
    const storage = requireStorage(body);
    const parent = readParent(services, body);
    const pageId = parent?.page_id ?? parseId(body.pageId, 'pageId');
    const page = requireCurrentPage(services, viewerOf(c), pageId);
    if (spaceLevel(database, viewerOf(c), page.space_id) < level.edit) {
      throw new Problem(403, 'User does not have permission to comment on this content');
    }
    const parentId = parent?.id ?? null;
    const comment = { pageId, parentId, body: storage, authorId, now: now() };
    return c.json(answerComment(insertComment(database, comment)), 201);
  });

  return api;
}

function readParent(services: Services, body: Json): CommentRow | undefined {
  const { parentCommentId } = body;
  if (parentCommentId === undefined || parentCommentId === null) return undefined;
  const parent = findComment(services.database, parseId(parentCommentId, 'parentCommentId'));
  if (parent === undefined) throw new Problem(404, 'Not Found');
  return parent;
}

function presentComment(row: CommentRow, withBody: boolean) {
  return {
    id: String(row.id),
    status: 'current',
    title: `Re: ${row.page_title}`,
    pageId: String(row.page_id),
    ...(row.parent_id !== null && { parentCommentId: String(row.parent_id) }),
    version: {
      number: row.version,
      message: '',
      minorEdit: false,
      authorId: row.author_id,
      createdAt: new Date(row.created_at).toISOString(),
    },
    body: withBody ? { storage: { representation: 'storage', value: row.body } } : {},
    _links: { webui: `/pages/viewpage.action?pageId=${row.page_id}&focusedCommentId=${row.id}` },
  };
}
