import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PersonName, type Sandbox, startSandbox } from '../src/index.js';
import { basic, type List, type Page, pageByTitle, send, sendJson } from './sandbox-client.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const headersOf = (who: PersonName | 'nobody') =>
  who === 'nobody' ? {} : basic(sandbox.people[who]);
const site = (path: string) => `${sandbox.siteUrl}/wiki${path}`;

test.each([
  ['admin', ['ENG', 'PPL', 'HELP'], 200],
  ['editor', ['ENG', 'PPL', 'HELP'], 197],
  ['reader', ['ENG', 'PPL', 'HELP'], 195],
  ['outsider', ['HELP'], 60],
  ['nobody', ['HELP'], 60],
] as const)('%s sees the spaces %j and %i pages', async (who, keys, count) => {
  const spaces = await send<List<{ key: string }>>(site('/api/v2/spaces'), headersOf(who));
  expect(spaces.body.results.map((space) => space.key)).toEqual(keys);
  const pages = await send<List<Page>>(site('/api/v2/pages?limit=250'), headersOf(who));
  expect(pages.body.results).toHaveLength(count);
});

describe.each([
  ['Cloud 4.0', 'reader', 200],
  ['Cloud 4.0', 'outsider', 404],
  ['Cloud 4.0', 'nobody', 404],
  ['Salary bands', 'admin', 200],
  ['Salary bands', 'editor', 404],
  ['Penetration test: findings', 'editor', 200],
  ['Penetration test: findings', 'reader', 404],
  ['Pay by card', 'nobody', 200],
] as const)('"%s" for %s', (title, who, status) => {
  test(`is ${status}, with its comments and labels`, async () => {
    const { id } = await pageByTitle(sandbox, title);
    for (const path of [`/pages/${id}`, `/pages/${id}/footer-comments`, `/pages/${id}/labels`]) {
      const answer = await send(site(`/api/v2${path}`), headersOf(who));
      expect(answer.status).toBe(status);
      if (status === 404) {
        expect(answer.body).toEqual({
          errors: [{ status: 404, code: 'NOT_FOUND', title: 'Not Found', detail: null }],
        });
      }
    }
  });
});

test('a page below a restricted page is hidden too', async () => {
  const parent = await pageByTitle(sandbox, 'Salary bands');
  const created = await sendJson<Page>(site('/api/v2/pages'), headersOf('admin'), {
    spaceId: parent.spaceId,
    parentId: parent.id,
    title: 'Salary bands, northern offices',
  });
  const answer = await send(site(`/api/v2/pages/${created.body.id}`), headersOf('editor'));
  expect(answer.status).toBe(404);
});

const check = (who: PersonName, id: string, operation: string, about: PersonName = who) =>
  sendJson<{ hasPermission: boolean; errors: unknown[] }>(
    site(`/rest/api/content/${id}/permission/check`),
    headersOf(who),
    {
      subject: { type: 'user', identifier: sandbox.people[about].accountId },
      operation,
    },
  );

test.each([
  ['admin', 'Cloud 4.0', { read: true, update: true, delete: true }],
  ['editor', 'Cloud 4.0', { read: true, update: true }],
  ['editor', 'ADR-001 One database per service', { read: true, update: false, delete: false }],
  ['admin', 'ADR-001 One database per service', { update: true }],
  ['editor', 'Holiday policy', { read: true, update: false }],
  ['reader', 'Cloud 4.0', { read: true, update: false, delete: false }],
  ['outsider', 'Cloud 4.0', { read: false, update: false, delete: false }],
  ['outsider', 'Pay by card', { read: true, update: false }],
] as const)('permission check: %s on "%s": %j', async (who, title, expected) => {
  const { id } = await pageByTitle(sandbox, title);
  for (const [operation, hasPermission] of Object.entries(expected)) {
    const { status, body } = await check(who, id, operation);
    expect(status).toBe(200);
    expect(body.hasPermission, operation).toBe(hasPermission);
    expect(body.errors).toHaveLength(hasPermission ? 0 : 1);
  }
});

test('only an administrator asks about others', async () => {
  const { id } = await pageByTitle(sandbox, 'Cloud 4.0');
  expect((await check('editor', id, 'read', 'reader')).status).toBe(403);
  const asked = await check('admin', id, 'update', 'reader');
  expect(asked.body.hasPermission).toBe(false);
});

test('a page that does not exist, or an operation that makes no sense, is no false', async () => {
  expect((await check('admin', '999999', 'read')).status).toBe(404);
  const { id } = await pageByTitle(sandbox, 'Cloud 4.0');
  expect((await check('admin', id, 'fly')).status).toBe(400);
});

test('who sees a page but may not change it gets 403, who does not see it 404', async () => {
  const { id, title, version } = await pageByTitle(sandbox, 'Cloud 4.0');
  const change = { id, status: 'current', title, version: { number: version.number + 1 } };
  const put = (who: PersonName) =>
    sendJson(site(`/api/v2/pages/${id}`), headersOf(who), change, 'PUT');
  expect((await put('reader')).status).toBe(403);
  expect((await put('outsider')).status).toBe(404);
  const remove = (who: PersonName) =>
    send(site(`/api/v2/pages/${id}`), headersOf(who), { method: 'DELETE' });
  expect((await remove('reader')).status).toBe(403);
  expect((await remove('outsider')).status).toBe(404);
});

test('the audit log is for administrators', async () => {
  interface Audit {
    readonly results: readonly { readonly creationDate: number }[];
    readonly _links: { readonly next?: string };
  }
  const answer = await send<Audit>(site('/rest/api/audit?limit=10'), headersOf('admin'));
  expect(answer.status).toBe(200);
  expect(answer.body.results).toHaveLength(10);
  const times = answer.body.results.map((entry) => entry.creationDate);
  expect(times).toEqual(times.toSorted((a, b) => b - a));
  expect(answer.body._links.next).toBe('/rest/api/audit?limit=10&start=10');
  for (const who of ['editor', 'reader', 'outsider'] as const) {
    const refused = await send(site('/rest/api/audit'), headersOf(who));
    expect(refused.status).toBe(403);
    expect(refused.body).toMatchObject({ statusCode: 403, data: { authorized: false } });
  }
  expect((await send(site('/rest/api/audit'))).status).toBe(401);
});
