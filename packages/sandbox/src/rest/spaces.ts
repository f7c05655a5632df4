import { Hono } from 'hono';
import { findSpace, listSpaces, type SpaceRow } from '../store/spaces.js';
import type { RestEnv, Services } from './env.js';
import { answerList, readWindow } from './paging.js';
import { Problem } from './problem.js';
import { parseId, parseIds, parseList, viewerOf } from './request.js';
import { scope } from './scopes.js';

const sortable = { id: 'id', key: 'key', name: 'name' };

/** `GET /spaces` and `GET /spaces/{id}`. */
export function spacesApi(services: Services): Hono<RestEnv> {
  const { database, siteUrl } = services;
  const api = new Hono<RestEnv>();

  api.get('/spaces', scope('read:space:confluence'), (c) => {
    const window = readWindow(c, sortable, 'id');
    const ids = parseIds(c, 'ids');
    const keys = parseList(c, 'keys');
    const withDescription = c.req.query('description-format') !== undefined;
    const filter = { ...(ids && { ids }), ...(keys && { keys }) };
    const rows = listSpaces(database, viewerOf(c), filter, window);
    return answerList(c, services, window, rows, (row) => presentSpace(row, withDescription));
  });

  api.get('/spaces/:id', scope('read:space:confluence'), (c) => {
    const row = findSpace(database, viewerOf(c), parseId(c.req.param('id'), 'id'));
    if (row === undefined) throw new Problem(404, 'Not Found');
    const space = presentSpace(row, c.req.query('description-format') !== undefined);
    return c.json({ ...space, _links: { ...space._links, base: `${siteUrl}/wiki` } });
  });

  return api;
}

function presentSpace(row: SpaceRow, withDescription: boolean) {
  return {
    id: String(row.id),
    key: row.key,
    name: row.name,
    type: 'global',
    status: 'current',
    authorId: row.author_id,
    spaceOwnerId: row.author_id,
    createdAt: new Date(row.created_at).toISOString(),
    homepageId: String(row.homepage_id),
    currentActiveAlias: row.key,
    icon: null,
    description: withDescription
      ? { plain: { value: row.description, representation: 'plain' } }
      : null,
    _links: { webui: `/spaces/${row.key}` },
  };
}
