import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/index.js';
import {
  basic,
  type Failure,
  type List,
  type Page,
  pageByTitle,
  send,
  sendJson,
} from './sandbox-client.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.close());

const site = (path: string) => `${sandbox.siteUrl}/wiki${path}`;
const editor = () => basic(sandbox.people.editor);
const storage = (value: string) => ({ representation: 'storage', value });

test('a page is created, changed, found in the audit log and deleted', async () => {
  const created = await sendJson<Page>(site('/api/v2/pages'), editor(), {
    spaceId: '65538',
    status: 'current',
    title: 'A page of the test',
    body: storage('<p>one</p>'),
  });
  expect(created.status).toBe(200);
  const { id, version, parentId } = created.body;
  expect(version.number).toBe(1);
  expect(parentId).toBe('98305');

  const changed = await sendJson<Page>(
    site(`/api/v2/pages/${id}`),
    editor(),
    {
      id,
      status: 'current',
      title: 'A page of the test, changed',
      body: { storage: storage('<p>two</p>') },
      version: { number: 2, message: 'why not' },
    },
    'PUT',
  );
  expect(changed.status).toBe(200);
  expect(changed.body).toMatchObject({
    title: 'A page of the test, changed',
    version: { number: 2, message: 'why not' },
    body: { storage: { value: '<p>two</p>' } },
  });

  const removed = await send(site(`/api/v2/pages/${id}`), editor(), { method: 'DELETE' });
  expect(removed.status).toBe(204);
  expect((await send(site(`/api/v2/pages/${id}`), editor())).status).toBe(404);
  expect((await send(site(`/api/v2/pages/${id}?status=trashed`), editor())).status).toBe(200);

  const audit = await send<{ results: { summary: string }[] }>(
    site('/rest/api/audit?searchString=a%20page%20of%20the%20test'),
    basic(sandbox.people.admin),
  );
  expect(audit.body.results.map(({ summary }) => summary)).toEqual([
    'Page deleted',
    'Page created',
  ]);
});

test.each([0, 1])(
  'a version that is %i above the current one is a 409 that names the current one',
  async (above) => {
    const { id, title, version } = await pageByTitle(sandbox, 'Cloud 4.1');
    const number = above === 0 ? version.number : version.number + 2;
    const { status, body } = await sendJson<Failure>(
      site(`/api/v2/pages/${id}`),
      editor(),
      { id, status: 'current', title, version: { number } },
      'PUT',
    );
    expect(status).toBe(409);
    expect(body.errors[0]).toMatchObject({
      code: 'CONFLICT',
      title: `Version must be incremented when updating a page. Current Version: [${version.number}]. Provided version: [${number}]`,
    });
  },
);

test('a title is taken once in a space', async () => {
  const taken = { spaceId: '65538', title: 'Cloud 4.0' };
  const { status, body } = await sendJson<Failure>(site('/api/v2/pages'), editor(), taken);
  expect(status).toBe(400);
  expect(body.errors[0]?.title).toContain('already exists');
  const elsewhere = { ...taken, spaceId: '65544' };
  expect((await sendJson(site('/api/v2/pages'), editor(), elsewhere)).status).toBe(200);
});

test('children of a deleted page move up', async () => {
  const parent = await sendJson<Page>(site('/api/v2/pages'), editor(), {
    spaceId: '65538',
    title: 'Parent',
  });
  const child = await sendJson<Page>(site('/api/v2/pages'), editor(), {
    spaceId: '65538',
    title: 'Child',
    parentId: parent.body.id,
  });
  await send(site(`/api/v2/pages/${parent.body.id}`), editor(), { method: 'DELETE' });
  const { body } = await send<Page>(site(`/api/v2/pages/${child.body.id}`), editor());
  expect(body.parentId).toBe(parent.body.parentId);
});

test('a page cannot be moved below itself', async () => {
  const { id, title, version } = await pageByTitle(sandbox, 'Runbooks');
  const below = await pageByTitle(sandbox, 'Database failover');
  const move = {
    id,
    title,
    status: 'current',
    parentId: below.id,
    version: { number: version.number + 1 },
  };
  const answer = await sendJson(site(`/api/v2/pages/${id}`), editor(), move, 'PUT');
  expect(answer.status).toBe(400);
});

interface Comment {
  readonly id: string;
  readonly body: { readonly storage?: { readonly value: string } };
}

test('a footer comment is added and listed', async () => {
  const { id } = await pageByTitle(sandbox, 'Search index is behind');
  const path = site(`/api/v2/pages/${id}/footer-comments?body-format=storage&limit=250`);
  const before = await send<List<Comment>>(path, editor());
  const comment = { pageId: id, body: storage('<p>Still true?</p>') };
  const added = await sendJson<Comment>(site('/api/v2/footer-comments'), editor(), comment);
  expect(added.status).toBe(201);
  const after = await send<List<Comment>>(path, editor());
  expect(after.body.results).toHaveLength(before.body.results.length + 1);
  expect(after.body.results.at(-1)).toMatchObject({
    id: added.body.id,
    body: { storage: { value: '<p>Still true?</p>' } },
  });
  const reply = { parentCommentId: added.body.id, body: storage('<p>Yes.</p>') };
  expect((await sendJson(site('/api/v2/footer-comments'), editor(), reply)).status).toBe(201);
  const reader = basic(sandbox.people.reader);
  expect((await sendJson(site('/api/v2/footer-comments'), reader, comment)).status).toBe(403);
  expect((await sendJson(site('/api/v2/footer-comments'), {}, comment)).status).toBe(401);
});

test('labels are written by v1, one or many, and read by both', async () => {
  const { id } = await pageByTitle(sandbox, 'Webhook queue is growing');
  const v1 = site(`/rest/api/content/${id}/label`);
  const many = [{ prefix: 'global', name: 'stale' }, { name: 'Urgent' }];
  expect((await sendJson(v1, editor(), many)).status).toBe(200);
  expect((await sendJson(v1, editor(), { prefix: 'global', name: 'stale' })).status).toBe(200);
  const read = await send<List<{ name: string }>>(v1, editor());
  expect(read.body.results.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['runbook', 'stale', 'urgent']),
  );
  const v2 = await send<List<{ name: string }>>(site(`/api/v2/pages/${id}/labels`), editor());
  expect(v2.body.results.filter(({ name }) => name === 'stale')).toHaveLength(1);
  expect((await send(`${v1}/stale`, editor(), { method: 'DELETE' })).status).toBe(204);
  const reader = basic(sandbox.people.reader);
  expect((await sendJson(v1, reader, many)).status).toBe(403);
  expect((await sendJson(v1, editor(), { name: 'two words' })).status).toBe(400);
});

test.each([
  ['POST', '/api/v2/pages', '{'],
  ['POST', '/api/v2/pages', ''],
  ['POST', '/api/v2/pages', '[]'],
  ['POST', '/api/v2/pages', 'null'],
  ['POST', '/api/v2/pages', '{"spaceId":{},"title":"x"}'],
  ['POST', '/api/v2/pages', '{"spaceId":"65538","title":7}'],
  ['POST', '/api/v2/pages', '{"spaceId":"65538","title":"x","body":"y"}'],
  ['POST', '/api/v2/pages', '{"spaceId":"65538","title":"x","status":"draft"}'],
  ['PUT', '/api/v2/pages/98305', '{"id":"98308"}'],
  ['PUT', '/api/v2/pages/98305', '{"id":"98305","title":"x","version":2}'],
  ['POST', '/api/v2/footer-comments', '{"pageId":"1; DROP TABLE pages","body":{"value":"x"}}'],
])('%s %s with %s is a 400 in v2 form', async (method, path, body) => {
  const headers = { ...editor(), 'content-type': 'application/json' };
  const answer = await send<Failure>(site(path), headers, { method, body });
  expect(answer.status).toBe(400);
  expect(answer.body.errors[0]).toMatchObject({ status: 400, code: 'INVALID_REQUEST_PARAMETER' });
});

test.each([
  ['/rest/api/content/98305/label', '{'],
  ['/rest/api/content/98305/label', '[]'],
  ['/rest/api/content/98305/label', '[7]'],
  ['/rest/api/content/98305/permission/check', 'null'],
  ['/rest/api/content/98305/permission/check', '{"subject":[]}'],
])('POST %s with %s is a 400 in v1 form', async (path, body) => {
  const headers = { ...editor(), 'content-type': 'application/json' };
  const answer = await send(site(path), headers, { method: 'POST', body });
  expect(answer.status).toBe(400);
  expect(answer.body).toMatchObject({ statusCode: 400, data: { valid: false } });
});

test('ids that are no ids, and ids too large for a double, break nothing', async () => {
  expect((await send(site('/api/v2/pages/abc'), editor())).status).toBe(400);
  expect((await send(site('/api/v2/pages/9223372036854775807'), editor())).status).toBe(404);
  expect((await send(site('/api/v2/nowhere'), editor())).status).toBe(404);
});

test('a chunked body is read, and one of more than 5 MiB refused', async () => {
  const post = (size: number) => {
    const page = {
      spaceId: '65538',
      title: `A page of ${size} bytes`,
      body: storage('x'.repeat(size)),
    };
    const init = {
      method: 'POST',
      body: new Blob([JSON.stringify(page)]).stream(),
      duplex: 'half',
    };
    return send(site('/api/v2/pages'), editor(), init as RequestInit);
  };
  expect((await post(100_000)).status).toBe(200);
  expect((await post(5_300_000)).status).toBe(413);
});
