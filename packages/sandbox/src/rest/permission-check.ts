import { Hono } from 'hono';
import { accountById, isAdmin } from '../people.js';
import { isAllowed, type Operation } from '../store/access.js';
import { findPage, pageExists } from '../store/pages.js';
import type { RestEnv, Services } from './env.js';
import { Problem } from './problem.js';
import { accountOf, isRecord, type Json, parseId, readRecord } from './request.js';
import { scope } from './scopes.js';

const operations: readonly string[] = ['read', 'update', 'delete'] satisfies Operation[];

/** v1: `POST /content/{id}/permission/check`, what `authorize()` of Forge asks. */
export function permissionCheckApi(services: Services): Hono<RestEnv> {
  const { database } = services;
  const api = new Hono<RestEnv>();
  const may = scope('read:confluence-content.permission', 'read:content.permission:confluence');

  api.post('/content/:id/permission/check', may, async (c) => {
    const asking = accountOf(c);
    const id = parseId(c.req.param('id'), 'id');
    const body = await readRecord(c);
    const subject = readSubject(body);
    const operation = readOperation(body);
    if (subject !== asking && !isAdmin(asking)) {
      throw new Problem(403, 'Only an administrator may check the permissions of others');
    }
    if (!pageExists(database, id))
      throw new Problem(404, `No content found with id: ContentId{id=${id}}`);
    const viewer = { accountId: subject };
    const page = findPage(database, viewer, id);
    const hasPermission = page !== undefined && isAllowed(database, viewer, page, operation);
    return c.json({
      hasPermission,
      errors: hasPermission
        ? []
        : [{ translation: `User ${subject} cannot ${operation} this content`, args: [] }],
      _links: { base: `${services.siteUrl}/wiki`, context: '/wiki' },
    });
  });

  return api;
}

function readSubject(body: Json): string {
  const { type, identifier } = isRecord(body.subject) ? body.subject : {};
  if (type !== 'user') throw new Problem(400, `The sandbox knows subjects of type 'user' only`);
  const person = typeof identifier === 'string' ? accountById(identifier) : undefined;
  if (person === undefined) throw new Problem(404, 'No user found with this account id');
  return person.accountId;
}

function readOperation(body: Json): Operation {
  const { operation } = body;
  if (typeof operation !== 'string' || !operations.includes(operation)) {
    throw new Problem(400, `'operation' must be one of ${operations.join(', ')}`);
  }
  return operation as Operation;
}
