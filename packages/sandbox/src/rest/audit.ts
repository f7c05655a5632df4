import { type Context, Hono } from 'hono';
import { isAdmin, personById } from '../people.js';
import { type AuditRow, listAudit } from '../store/audit.js';
import type { RestEnv, Services } from './env.js';
import { readLimit } from './paging.js';
import { Problem } from './problem.js';
import { accountOf } from './request.js';
import { scope } from './scopes.js';
import { answerV1Slice, readStart } from './v1-paging.js';

/** v1: `GET /audit`, for site admins. */
export function auditApi(services: Services): Hono<RestEnv> {
  const api = new Hono<RestEnv>();

  api.get('/audit', scope('read:audit-log:confluence'), (c) => {
    if (!isAdmin(accountOf(c))) {
      throw new Problem(
        403,
        'Confluence Administrator permission is required to read the audit log',
      );
    }
    const start = readStart(c);
    const limit = readLimit(c, 1_000, 1_000);
    const rows = listAudit(services.database, {
      from: readTime(c, 'startDate', 0),
      to: readTime(c, 'endDate', Number.MAX_SAFE_INTEGER),
      search: c.req.query('searchString') ?? '',
      start,
      limit,
    });
    const more = rows.length > limit;
    return answerV1Slice(c, services, rows.slice(0, limit).map(present), { start, limit, more });
  });

  return api;
}

function readTime(c: Context<RestEnv>, name: string, usual: number): number {
  const text = c.req.query(name);
  if (text === undefined) return usual;
  if (!/^\d{1,15}$/.test(text)) throw new Problem(400, `'${name}' must be milliseconds since 1970`);
  return Number(text);
}

const present = (row: AuditRow) => ({
  author: {
    type: 'user',
    displayName: personById(row.author_id)?.displayName ?? 'Unknown',
    accountId: row.author_id,
    operations: null,
  },
  remoteAddress: '127.0.0.1',
  creationDate: row.created_at,
  summary: row.summary,
  description: '',
  category: row.category,
  sysAdmin: false,
  superAdmin: false,
  affectedObject: { name: row.object_name, objectType: row.object_type },
  changedValues: [],
  associatedObjects: [],
});
