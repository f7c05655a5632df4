import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Sandbox, startSandbox } from '../src/index.js';
import { basic, refresh, send } from './sandbox-client.js';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => sandbox.clearJournal());
afterAll(() => sandbox.close());

const spaces = () => `${sandbox.siteUrl}/wiki/api/v2/spaces`;

test('the journal holds what arrived, as it arrived', async () => {
  const { editor } = sandbox.people;
  await send(`${spaces()}?keys=a%2Fb`, basic(editor));
  await send(`${sandbox.siteUrl}/_edge/tenant_info`);
  await send(`${sandbox.gatewayUrl}/me`, basic(editor, 'scopedToken'));
  await refresh(sandbox, 'no-such-token');
  expect(sandbox.requests).toMatchObject([
    {
      listener: 'site',
      method: 'GET',
      path: '/wiki/api/v2/spaces?keys=a%2Fb',
      status: 200,
      principal: editor.accountId,
      headers: { authorization: basic(editor).authorization },
    },
    { listener: 'site', path: '/_edge/tenant_info', status: 200, principal: 'anonymous' },
    { listener: 'gateway', path: '/me', status: 200, principal: editor.accountId },
    { listener: 'auth', method: 'POST', path: '/oauth/token', status: 400, principal: 'app' },
  ]);
  sandbox.clearJournal();
  expect(sandbox.requests).toHaveLength(0);
});

test('a fault hits as often as it was told to, then the sandbox is itself again', async () => {
  sandbox.failNext({
    times: 2,
    status: 429,
    headers: { 'retry-after': '3' },
    body: { code: 429, message: 'Rate limit exceeded' },
  });
  for (let count = 0; count < 2; count += 1) {
    const answer = await send(spaces(), basic(sandbox.people.reader));
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('3');
    expect(answer.headers.get('atl-traceid')).not.toBeNull();
    expect(answer.body).toEqual({ code: 429, message: 'Rate limit exceeded' });
  }
  expect((await send(spaces())).status).toBe(200);
  expect(sandbox.requests.map(({ status }) => status)).toEqual([429, 429, 200]);
  expect(sandbox.requests[0]?.principal).toBe(sandbox.people.reader.accountId);
});

test('a fault leaves alone what does not fit', async () => {
  sandbox.failNext({ status: 503, method: 'post', pathIncludes: '/footer-comments' });
  expect((await send(spaces())).status).toBe(200);
  expect((await send(`${sandbox.siteUrl}/wiki/api/v2/footer-comments/1`)).status).toBe(404);
  const hit = await send(`${sandbox.siteUrl}/wiki/api/v2/footer-comments`, {}, { method: 'POST' });
  expect(hit.status).toBe(503);
});

test('tenant info fails only when it is named, OAuth only when its listener is', async () => {
  sandbox.failNext({ status: 500 });
  expect((await send(`${sandbox.siteUrl}/_edge/tenant_info`)).status).toBe(200);
  expect((await refresh(sandbox, 'x')).status).toBe(400);
  expect((await send(spaces())).status).toBe(500);
  sandbox.failNext({ status: 502, pathIncludes: 'tenant_info' });
  expect((await send(`${sandbox.siteUrl}/_edge/tenant_info`)).status).toBe(502);
  sandbox.failNext({ status: 503, listener: 'auth' });
  expect((await refresh(sandbox, 'x')).status).toBe(503);
  expect((await refresh(sandbox, 'x')).status).toBe(400);
});

test('an answer may be held back, its work done', async () => {
  const started = performance.now();
  sandbox.failNext({ delayMs: 150 });
  const answer = await send(spaces(), basic(sandbox.people.reader));
  expect(answer.status).toBe(200);
  expect(performance.now() - started).toBeGreaterThan(140);
  sandbox.failNext({ delayMs: 150, status: 503, listener: 'auth' });
  expect((await refresh(sandbox, 'x')).status).toBe(503);
  sandbox.failNext({ delayMs: 150, listener: 'auth' });
  expect((await refresh(sandbox, 'x')).status).toBe(400);
  expect(performance.now() - started).toBeGreaterThan(440);
});

test('a redirect is a fault like any other', async () => {
  sandbox.failNext({ status: 302, headers: { location: 'https://elsewhere.example/' } });
  const answer = await send(spaces(), {}, { redirect: 'manual' });
  expect(answer.status).toBe(302);
  expect(answer.headers.get('location')).toBe('https://elsewhere.example/');
});

test('a fault that makes no sense is refused at once', () => {
  expect(() => sandbox.failNext({ status: 42 })).toThrow(RangeError);
  expect(() => sandbox.failNext({ status: 500, times: 0 })).toThrow(RangeError);
  expect(() => sandbox.failNext({})).toThrow(RangeError);
  expect(() => sandbox.failNext({ delayMs: -1 })).toThrow(RangeError);
});
