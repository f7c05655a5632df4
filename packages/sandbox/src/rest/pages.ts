import { type Context, Hono } from 'hono';
import { listPages, type PageFilter } from '../store/pages.js';
import { findSpace } from '../store/spaces.js';
import type { RestEnv, Services } from './env.js';
import { hiddenWhenTrashed, requirePage } from './page-access.js';
import { createPage, deletePage, replacePage } from './page-changes.js';
import { presentPage } from './page-shape.js';
import { answerList, readWindow } from './paging.js';
import { Problem } from './problem.js';
import { parseId, parseIds, parseList, viewerOf } from './request.js';
import { scope } from './scopes.js';

const sortable = {
  id: 'id',
  title: 'title',
  'created-date': 'created_at',
  'modified-date': 'modified_at',
};

const statuses = ['current', 'archived', 'trashed', 'deleted', 'draft'];

/** Pages: lists, one, create, update, delete. */
export function pagesApi(services: Services): Hono<RestEnv> {
  const { database, siteUrl } = services;
  const api = new Hono<RestEnv>();

  const answerPage = (c: Context<RestEnv>, id: number, withBody: boolean) => {
    const page = presentPage(requirePage(services, viewerOf(c), id), withBody);
    return c.json({ ...page, _links: { ...page._links, base: `${siteUrl}/wiki` } });
  };

  const answerPages = (c: Context<RestEnv>, own: Partial<PageFilter>) => {
    const window = readWindow(c, sortable, 'id');
    const title = c.req.query('title');
    const filter = { ...own, ...(title !== undefined && { title }), statuses: readStatuses(c) };
    const withBody = wantsBody(c);
    const rows = listPages(database, viewerOf(c), filter, window);
    return answerList(c, services, window, rows, (row) => presentPage(row, withBody));
  };

  api.get('/pages', scope('read:page:confluence'), (c) => {
    const ids = parseIds(c, 'id');
    const spaceIds = parseIds(c, 'space-id');
    return answerPages(c, { ...(ids && { ids }), ...(spaceIds && { spaceIds }) });
  });

  api.get('/spaces/:id/pages', scope('read:page:confluence'), (c) => {
    const id = parseId(c.req.param('id'), 'id');
    if (findSpace(database, viewerOf(c), id) === undefined) throw new Problem(404, 'Not Found');
    return answerPages(c, { spaceIds: [id], rootOnly: c.req.query('depth') === 'root' });
  });

  api.get('/pages/:id', scope('read:page:confluence'), (c) => {
    const id = parseId(c.req.param('id'), 'id');
    hiddenWhenTrashed(requirePage(services, viewerOf(c), id), readStatuses(c));
    return answerPage(c, id, wantsBody(c));
  });

  api.post('/pages', scope('write:page:confluence'), async (c) =>
    answerPage(c, await createPage(c, services), true),
  );

  api.put('/pages/:id', scope('write:page:confluence'), async (c) =>
    answerPage(c, await replacePage(c, services), true),
  );

  api.delete('/pages/:id', scope('delete:page:confluence'), (c) => {
    deletePage(c, services);
    return c.body(null, 204);
  });

  return api;
}

function readStatuses(c: Context<RestEnv>): readonly string[] {
  const asked = parseList(c, 'status') ?? ['current', 'archived'];
  const unknown = asked.find((status) => !statuses.includes(status));
  if (unknown !== undefined) {
    throw new Problem(400, `Provided value '${unknown}' for 'status' is not supported`);
  }
  return asked;
}

function wantsBody(c: Context<RestEnv>): boolean {
  const format = c.req.query('body-format');
  if (format === undefined) return false;
  if (format === 'storage') return true;
  throw new Problem(400, `The sandbox knows body-format=storage only, not '${format}'`);
}
