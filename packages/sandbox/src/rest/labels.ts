import { type Context, Hono } from 'hono';
import { addLabel, allLabels, type LabelRow, listLabels, removeLabel } from '../store/labels.js';
import type { PageRow } from '../store/pages.js';
import type { RestEnv, Services } from './env.js';
import { requireCurrentPage, requireRight } from './page-access.js';
import { answerList, readLimit, readWindow } from './paging.js';
import { Problem } from './problem.js';
import { accountOf, isRecord, parseId, readJson, viewerOf } from './request.js';
import { scope } from './scopes.js';
import { answerV1List } from './v1-paging.js';

const present = (row: LabelRow) => ({ id: String(row.id), prefix: row.prefix, name: row.name });
const presentV1 = (row: LabelRow) => ({ ...present(row), label: row.name });

/** v2: `GET /pages/{id}/labels`. */
export function labelsApi(services: Services): Hono<RestEnv> {
  const api = new Hono<RestEnv>();
  api.get('/pages/:id/labels', scope('read:page:confluence'), (c) => {
    const page = requireCurrentPage(services, viewerOf(c), parseId(c.req.param('id'), 'id'));
    const window = readWindow(c, { id: 'id', name: 'name' }, 'id');
    const rows = listLabels(services.database, page.id, window);
    return answerList(c, services, window, rows, present);
  });
  return api;
}

const read = scope('read:confluence-content.summary', 'read:label:confluence');
const write = scope('write:confluence-content', 'write:label:confluence');

/** v1, the only way to write labels: `/content/{id}/label`. */
export function labelsV1Api(services: Services): Hono<RestEnv> {
  const { database } = services;
  const api = new Hono<RestEnv>();

  const pageOf = (c: Context<RestEnv>): PageRow =>
    requireCurrentPage(services, viewerOf(c), parseId(c.req.param('id'), 'id'));

  const editable = (c: Context<RestEnv>): PageRow => {
    accountOf(c);
    const page = pageOf(c);
    requireRight(services, viewerOf(c), page, 'update');
    return page;
  };

  const remove = (c: Context<RestEnv>, name: string): Response => {
    removeLabel(database, editable(c).id, name);
    return c.body(null, 204);
  };

  api.get('/content/:id/label', read, (c) => {
    const rows = allLabels(database, pageOf(c).id);
    return answerV1List(c, services, rows.map(presentV1), readLimit(c, 200, 200));
  });

  api.post('/content/:id/label', write, async (c) => {
    const page = editable(c);
    const labels = readLabels(await readJson(c));
    for (const { prefix, name } of labels) addLabel(database, page.id, prefix, name);
    return answerV1List(c, services, allLabels(database, page.id).map(presentV1), 200);
  });

  api.delete('/content/:id/label/:name', write, (c) => remove(c, c.req.param('name')));
  api.delete('/content/:id/label', write, (c) => remove(c, c.req.query('name') ?? ''));

  return api;
}

// One label or a list of them, as v1 takes both.
function readLabels(body: unknown): { prefix: string; name: string }[] {
  const list = Array.isArray(body) ? body : [body];
  if (list.length === 0) throw new Problem(400, 'At least one label is required');
  return list.map((label: unknown) => {
    const { prefix = 'global', name } = isRecord(label) ? label : {};
    if (typeof name !== 'string' || !/^[^\s:;,.?&[\]()#^*@!<>]{1,255}$/u.test(name)) {
      throw new Problem(400, `The label '${String(name)}' is not valid`);
    }
    if (prefix !== 'global' && prefix !== 'my' && prefix !== 'team') {
      throw new Problem(400, `The label prefix '${String(prefix)}' is not valid`);
    }
    return { prefix, name: name.toLowerCase() };
  });
}
