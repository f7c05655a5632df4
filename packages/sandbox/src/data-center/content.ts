import { type Context, Hono } from 'hono';
import type { RestEnv, Services } from '../rest/env.js';
import { requireCurrentPage } from '../rest/page-access.js';
import { readLimit } from '../rest/paging.js';
import { Problem } from '../rest/problem.js';
import { parseId, viewerOf } from '../rest/request.js';
import { readStart } from '../rest/v1-paging.js';
import { listPages, type PageRow } from '../store/pages.js';
import { listSpaces } from '../store/spaces.js';

const byId = { name: 'id', column: 'id', descending: false };
/** More spaces than the site has. */
const everySpace = { order: byId, limit: 1_000, after: undefined };

/** `GET /content` and `GET /content/{id}`: pages, with `spaceKey`, `title`, `start`, `limit`, `expand`. */
export function contentApi(services: Services): Hono<RestEnv> {
  const { database, siteUrl } = services;
  const api = new Hono<RestEnv>();

  api.get('/content', (c) => {
    const title = c.req.query('title');
    const spaceIds = spacesOf(c, services);
    const filter = {
      statuses: ['current'],
      ...(title !== undefined && { title }),
      ...(spaceIds && { spaceIds }),
    };
    const start = readStart(c);
    const limit = readLimit(c, 25, 200);
    const window = { order: byId, limit, after: undefined, offset: start };
    const rows = listPages(database, viewerOf(c), filter, window);
    const shown = rows.slice(0, limit);
    const url = new URL(c.req.url);
    url.searchParams.set('start', String(start + limit));
    url.searchParams.set('limit', String(limit));
    return c.json({
      results: shown.map((row) => present(c, siteUrl, row)),
      start,
      limit,
      size: shown.length,
      _links: {
        base: siteUrl,
        context: new URL(siteUrl).pathname,
        self: `${siteUrl}/rest/api/content`,
        // Without the context path: that is how Data Center does it.
        ...(rows.length > limit && { next: `/rest/api/content?${url.searchParams}` }),
      },
    });
  });

  api.get('/content/:id', (c) => {
    const id = parseId(c.req.param('id'), 'id');
    return c.json(present(c, siteUrl, requireCurrentPage(services, viewerOf(c), id)));
  });

  return api;
}

function spacesOf(c: Context<RestEnv>, { database }: Services): number[] | undefined {
  const key = c.req.query('spaceKey');
  if (key === undefined) return undefined;
  const ids = listSpaces(database, viewerOf(c), { keys: [key] }, everySpace).map(({ id }) => id);
  if (ids.length === 0) throw new Problem(404, `No space with key : ${key}`);
  return ids;
}

function present(c: Context<RestEnv>, siteUrl: string, page: PageRow) {
  const expand = (c.req.query('expand') ?? '').split(',');
  return {
    id: String(page.id),
    type: 'page',
    status: page.status,
    title: page.title,
    ...(expand.includes('space') && { space: { id: page.space_id, key: page.space_key } }),
    ...(expand.includes('version') && {
      version: { number: page.version, when: new Date(page.modified_at).toISOString() },
    }),
    ...(expand.includes('body.storage') && {
      body: { storage: { value: page.body, representation: 'storage' } },
    }),
    _links: {
      webui: `/pages/viewpage.action?pageId=${page.id}`,
      self: `${siteUrl}/rest/api/content/${page.id}`,
    },
  };
}
