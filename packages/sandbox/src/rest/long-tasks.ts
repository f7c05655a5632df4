import { Hono } from 'hono';
import { insertLongTask, lookAtLongTask } from '../store/long-tasks.js';
import { archivePage } from '../store/pages.js';
import type { RestEnv, Services } from './env.js';
import { requireCurrentPage, requireRight } from './page-access.js';
import { Problem } from './problem.js';
import { accountOf, isRecord, parseId, readRecord, viewerOf } from './request.js';
import { scope } from './scopes.js';

/** Each look at a task finds it so much further. */
const step = 40;

/** v1: `POST /content/archive`, which takes its time, and `GET /longtask/{id}`. */
export function longTasksApi(services: Services): Hono<RestEnv> {
  const { database, now, siteUrl } = services;
  const api = new Hono<RestEnv>();

  api.post(
    '/content/archive',
    scope('write:confluence-content', 'write:page:confluence'),
    async (c) => {
      const accountId = accountOf(c);
      const { pages } = await readRecord(c);
      if (!Array.isArray(pages) || pages.length === 0)
        throw new Problem(400, `'pages' is required`);
      const rows = pages.map((page: unknown) =>
        requireCurrentPage(services, viewerOf(c), parseId(isRecord(page) ? page.id : page, 'id')),
      );
      for (const row of rows) requireRight(services, viewerOf(c), row, 'delete');
      for (const row of rows) archivePage(database, row.id);
      const id = insertLongTask(database, { name: 'Archive pages', accountId, now: now() });
      return c.json({ id: String(id), links: { status: `/rest/api/longtask/${id}` } }, 202);
    },
  );

  api.get(
    '/longtask/:id',
    scope('read:content.metadata:confluence', 'read:confluence-content.all'),
    (c) => {
      const task = lookAtLongTask(database, parseId(c.req.param('id'), 'id'), accountOf(c));
      if (task === undefined) throw new Problem(404, 'Not Found');
      const percentageComplete = Math.min(100, (task.looks - 1) * step);
      const isFinished = percentageComplete === 100;
      return c.json({
        id: String(task.id),
        name: { key: task.name, args: [] },
        elapsedTime: Math.max(0, now() - task.created_at),
        percentageComplete,
        successful: isFinished,
        finished: isFinished,
        messages: [{ translation: isFinished ? 'Done' : 'Working', args: [] }],
        _links: { base: `${siteUrl}/wiki`, context: '/wiki' },
      });
    },
  );

  return api;
}
