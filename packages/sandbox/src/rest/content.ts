import { Hono } from 'hono';
import type { RestEnv, Services } from './env.js';
import { requireCurrentPage } from './page-access.js';
import { Problem } from './problem.js';
import { parseId, viewerOf } from './request.js';

/** v1 `GET /content/{id}`: still there for Basic on the site, for old clients. */
export function contentApi(services: Services): Hono<RestEnv> {
  const api = new Hono<RestEnv>();
  api.get('/content/:id', (c) => {
    const page = requireCurrentPage(services, viewerOf(c), parseId(c.req.param('id'), 'id'));
    const expand = (c.req.query('expand') ?? '').split(',');
    const base = `${services.siteUrl}/wiki`;
    return c.json({
      id: String(page.id),
      type: 'page',
      status: page.status,
      title: page.title,
      space: { id: page.space_id, key: page.space_key },
      version: { number: page.version, when: new Date(page.modified_at).toISOString() },
      ...(expand.includes('body.storage') && {
        body: { storage: { value: page.body, representation: 'storage' } },
      }),
      _links: { base, context: '/wiki', self: `${base}/rest/api/content/${page.id}` },
    });
  });
  return api;
}

/** What is gone on the gateway since August 2026: content and space CRUD of v1. */
export function goneApi(): Hono<RestEnv> {
  const api = new Hono<RestEnv>();
  for (const path of ['/content', '/content/:id', '/space', '/space/:key']) {
    api.all(path, () => {
      throw new Problem(410, 'This deprecated endpoint has been removed.');
    });
  }
  return api;
}
