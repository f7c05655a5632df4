import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/index.js';
import { basic, type List, pageByTitle, send, sendJson } from './sandbox-client.js';

let sandbox: Sandbox;
let pageId: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  const page = await sendJson<{ id: string }>(site('/api/v2/pages'), editor(), {
    spaceId: '65538',
    status: 'current',
    title: 'A page with attachments',
    body: { representation: 'storage', value: '<p/>' },
  });
  pageId = page.body.id;
});
afterAll(() => sandbox.close());

const site = (path: string) => `${sandbox.siteUrl}/wiki${path}`;
const editor = () => basic(sandbox.people.editor);
const attachments = () => site(`/rest/api/content/${pageId}/child/attachment`);
const noCheck = { 'x-atlassian-token': 'no-check' };

const form = (name: string, text: string, fields: Readonly<Record<string, string>> = {}) => {
  const data = new FormData();
  for (const [field, value] of Object.entries(fields)) data.append(field, value);
  data.append('file', new File([text], name, { type: 'text/plain' }));
  return data;
};

interface Attachment {
  readonly id: string;
  readonly title: string;
  readonly version: { readonly number: number; readonly minorEdit: boolean };
  readonly metadata: { readonly comment: string };
  readonly extensions: { readonly fileSize: number };
}

const upload = (method: string, body: FormData, headers = { ...editor(), ...noCheck }) =>
  send<List<Attachment>>(attachments(), headers, { method, body });

test('a form without the XSRF header is refused', async () => {
  const { status, body } = await upload('PUT', form('a.txt', 'x'), editor() as never);
  expect({ status, body }).toEqual({ status: 403, body: 'XSRF check failed' });
});

test('PUT makes an attachment and then its versions; POST of a name that is taken is refused', async () => {
  const first = await upload(
    'PUT',
    form('log.txt', 'one', { comment: 'Grüße', minorEdit: 'true' }),
  );
  expect(first.body.results[0]).toMatchObject({
    title: 'log.txt',
    version: { number: 1, minorEdit: true },
    metadata: { comment: 'Grüße' },
    extensions: { fileSize: 3 },
  });
  const second = await upload('PUT', form('log.txt', 'three'));
  expect(second.body.results[0]).toMatchObject({
    id: first.body.results[0]?.id,
    version: { number: 2 },
    extensions: { fileSize: 5 },
  });
  const taken = await upload('POST', form('log.txt', 'x'));
  expect({ status: taken.status, body: taken.body }).toEqual({ status: 400, body: '' });

  const list = await send<List<Attachment>>(`${attachments()}?filename=log.txt`, editor());
  expect(list.body.results).toHaveLength(1);
  const v2 = await send<List<{ fileSize: number }>>(
    site(`/api/v2/pages/${pageId}/attachments`),
    editor(),
  );
  expect(v2.body.results.map(({ fileSize }) => fileSize)).toEqual([5]);
});

test('who may not edit the page may not attach to it', async () => {
  const headers = { ...basic(sandbox.people.reader), ...noCheck };
  expect((await upload('PUT', form('b.txt', 'x'), headers)).status).toBe(403);
});

test('a download is redirected to the media service, which asks for the token and nothing else', async () => {
  const { body } = await upload('PUT', form('data.bin', '0123456789'));
  const id = body.results[0]?.id;
  const answer = await fetch(`${attachments()}/${id}/download`, {
    headers: editor(),
    redirect: 'manual',
  });
  expect(answer.status).toBe(302);
  const location = answer.headers.get('location') ?? '';
  expect(location.startsWith(`${sandbox.mediaUrl}/file/`)).toBe(true);

  const whole = await fetch(location);
  expect(await whole.text()).toBe('0123456789');
  const etag = whole.headers.get('etag') ?? '';

  const part = await fetch(location, { headers: { range: 'bytes=7-', 'if-range': etag } });
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
    206,
    'bytes 7-9/10',
    '789',
  ]);
  const other = await fetch(location, { headers: { range: 'bytes=7-', 'if-range': '"x"' } });
  expect([other.status, await other.text()]).toEqual([200, '0123456789']);
  expect((await fetch(location, { headers: { range: 'bytes=10-' } })).status).toBe(416);
  expect((await fetch(location, { headers: { 'if-match': '"x"' } })).status).toBe(412);
  expect((await fetch(location.replace(/token=[^&]*/, 'token=x'))).status).toBe(403);
});

test('a long-running task goes on with each look, and is seen by its owner only', async () => {
  const page = await pageByTitle(sandbox, 'A page with attachments');
  const started = await sendJson<{ id: string }>(site('/rest/api/content/archive'), editor(), {
    pages: [{ id: page.id }],
  });
  expect(started.status).toBe(202);
  const path = site(`/rest/api/longtask/${started.body.id}`);
  const looks = [];
  for (let look = 1; look <= 4; look += 1) looks.push((await send(path, editor())).body);
  expect(looks.map((task) => task.percentageComplete)).toEqual([0, 40, 80, 100]);
  expect(looks.map((task) => task.finished)).toEqual([false, false, false, true]);
  expect((await send(path, basic(sandbox.people.reader))).status).toBe(404);
});

test('a fault at the media service hits nothing else', async () => {
  sandbox.failNext({ listener: 'media', status: 503 });
  expect((await send(site('/api/v2/spaces'), editor())).status).toBe(200);
  expect((await fetch(`${sandbox.mediaUrl}/file/x/binary`)).status).toBe(503);
});
