import { inspect } from 'node:util';
import { type Call, NeedsAuthenticationError, TimeoutError } from '@tributary/pipeline';
import { makeCall } from '@tributary/testing';
import { afterEach, describe, expect, test } from 'vitest';
import { isInForge, ProxyRequestError } from '../../src/in-forge/index.js';
import { enterForge, leaveForge, openInForge as open } from './forge-stand-in.js';

afterEach(leaveForge);

test('outside Forge each call is refused, with what to do', async () => {
  expect(isInForge()).toBe(false);
  await expect(open().send()).rejects.toMatchObject({ code: 'CONFIG_INVALID', field: 'inForge' });
});

test('says that the platform is the end of the chain', () => {
  expect(open().pipeline.explain()).toMatch(/auth\s+forge-auth[\s\S]*transport\s+forge/);
});

test.for([
  [{ kind: 'app' }, { type: 'fpp', provider: 'app', remote: 'confluence', accountId: undefined }],
  [{ kind: 'user' }, { type: 'fpp', provider: 'user', remote: 'confluence', accountId: undefined }],
  [
    { kind: 'user', accountId: 'ada' },
    { type: 'fpp', provider: 'user', remote: 'confluence', accountId: 'ada' },
  ],
  [{ kind: 'none' }, { type: 'fpp', provider: 'none', remote: 'confluence', accountId: undefined }],
] as const)('%j is said as @forge/api says it', async ([principal, meta]) => {
  const sent = enterForge();
  expect(isInForge()).toBe(true);
  await open().send({ principal });
  expect(sent.map((one) => one.meta)).toStrictEqual([meta]);
});

test('method, path, headers and body go to the platform as they are', async () => {
  const sent = enterForge();
  const headers = { 'content-type': 'application/json', accept: 'text/html' };
  await open().send({
    method: 'POST',
    path: '/wiki/api/v2/pages?a=b%20c',
    headers,
    body: '{"a":1}',
  });
  const [{ path, init } = { path: '', init: {} }] = sent;
  expect(path).toBe('/wiki/api/v2/pages?a=b%20c');
  expect(init).toMatchObject({ method: 'POST', headers, body: '{"a":1}', redirect: 'follow' });
});

test.for([
  ['bytes', new Uint8Array([1, 2])],
  ['a stream', new Blob([new Uint8Array([1, 2])]).stream()],
  ['a function that makes one', () => new Blob([new Uint8Array([1, 2])]).stream()],
] as const)('%s are read into bytes', async ([, body]) => {
  const sent = enterForge();
  await open().send({ method: 'PUT', body: body as never });
  expect(new Uint8Array(sent[0]?.init.body as ArrayBuffer)).toEqual(new Uint8Array([1, 2]));
});

test('a form arrives with its boundary, and as an upload', async () => {
  const sent = enterForge();
  const body = new FormData();
  body.set('file', new Blob(['hello']), 'a.txt');
  await open().send({ method: 'POST', body });
  const { headers, body: bytes } = sent[0]?.init ?? {};
  expect(headers).toMatchObject({ 'x-atlassian-token': 'no-check' });
  const type = new Headers(headers).get('content-type') ?? '';
  const read = await new Response(bytes ?? null, { headers: { 'content-type': type } }).formData();
  expect(await (read.get('file') as File).text()).toBe('hello');
});

test.for(['//evil.example/', '/wiki/../..//evil.example/', '/\\evil.example/', '/.//evil.example'])(
  'a path that names another host is refused before the platform sees it: %s',
  async (path) => {
    const sent = enterForge();
    await expect(open().send({ path })).rejects.toMatchObject({ code: 'OUT_OF_BASE' });
    expect(sent).toHaveLength(0);
  },
);

describe('answers', () => {
  test.for([401, 403, 404, 429, 500])("a product's own %i is an answer", async (status) => {
    enterForge(() => new Response('no', { status }));
    expect((await open().send({ principal: { kind: 'user' } })).status).toBe(status);
  });

  test('NEEDS_AUTHENTICATION_ERR of the proxy is Forge’s own error', async () => {
    const headers = { 'forge-proxy-error': 'NEEDS_AUTHENTICATION_ERR' };
    enterForge(() => new Response(null, { status: 401, headers }));
    const error = await open()
      .send({ principal: { kind: 'user' } })
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(NeedsAuthenticationError);
    expect(error).toMatchObject({
      name: 'NEEDS_AUTHENTICATION_ERR',
      status: 401,
      serviceKey: 'atlassian-token-service-key',
    });
  });

  test.for([
    [400, 'SOME_CODE', false],
    [429, 'RATE', true],
    [502, 'UPSTREAM', true],
  ] as const)('another word of the proxy, with %i, is a ProxyRequestError', async (given) => {
    const [status, code, retryable] = given;
    enterForge(() => new Response(null, { status, headers: { 'forge-proxy-error': code } }));
    const error = await open()
      .send()
      .catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ProxyRequestError);
    expect(error).toMatchObject({ name: 'PROXY_ERR', status, errorCode: code, retryable });
  });

  test('of another fetch library become a standard Response', async () => {
    const headers = new Headers({ 'content-type': 'application/json', 'content-encoding': 'gzip' });
    const bytes = new TextEncoder().encode('{"a":1}');
    enterForge(() => ({
      status: 201,
      statusText: 'Created',
      headers,
      arrayBuffer: async () => bytes.buffer,
    }));
    const response = await open().send();
    expect(response).toBeInstanceOf(Response);
    expect([response.status, await response.json()]).toEqual([201, { a: 1 }]);
    expect(response.headers.get('content-encoding')).toBeNull();
  });
});

describe('ends', () => {
  test('at the deadline, for a fetch that heeds nothing', async () => {
    const sent = enterForge(() => new Promise(() => {}));
    const { send, clock } = open();
    const sending = expect(send({ deadline: clock.monotonic() + 50 })).rejects.toBeInstanceOf(
      TimeoutError,
    );
    await clock.advance(50);
    await sending;
    expect(sent[0]?.init.signal?.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('with the reason of the caller’s signal', async () => {
    const sent = enterForge(() => new Promise(() => {}));
    const caller = new AbortController();
    const reason = new Error('enough');
    const sending = expect(open().send({ signal: caller.signal })).rejects.toBe(reason);
    await new Promise((resolve) => setTimeout(resolve, 5));
    caller.abort(reason);
    await sending;
    await expect(open().send({ signal: caller.signal })).rejects.toBe(reason);
    expect(sent).toHaveLength(1);
  });

  test("with Forge's own error as it is, and any other as ours", async () => {
    const egress = Object.assign(new Error('x'), { name: 'REQUEST_EGRESS_ALLOWLIST_ERR' });
    enterForge(() => Promise.reject(egress));
    await expect(open().send()).rejects.toBe(egress);
    enterForge(() => Promise.reject(new TypeError('canary-in-a-message')));
    const error = await open()
      .send()
      .catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'NETWORK_FAILED', sent: 'unknown' });
    expect(inspect(error)).not.toContain('canary');
  });
});

describe('verify()', () => {
  const verify = (principal: Call['principal'], answer: () => unknown, aaid?: string) => {
    const sent = enterForge(answer);
    if (aaid !== undefined) Object.assign(globalThis, { __forge_runtime__: { aaid } });
    const { providers, site } = open();
    const provider = principal.kind === 'app' ? providers.app : providers.user;
    return { sent, identity: provider?.verify?.(makeCall({ site, principal })) };
  };
  const json = (body: object, init?: ResponseInit) => () => Response.json(body, init);
  const _links = { base: 'https://example.atlassian.net/wiki' };

  test('names whom the platform acts as, and where', async () => {
    const ada = json({ accountId: 'ada', displayName: 'Ada', _links });
    const { sent, identity } = verify({ kind: 'user' }, ada, 'ada');
    expect(await identity).toEqual({
      accountId: 'ada',
      displayName: 'Ada',
      site: 'https://example.atlassian.net/',
    });
    expect(sent).toMatchObject([
      { meta: { provider: 'user', remote: 'confluence' }, path: '/wiki/rest/api/user/current' },
    ]);
    const app = verify({ kind: 'app' }, json({ accountId: 'the-app' }), 'ada');
    expect(await app.identity).toMatchObject({ accountId: 'the-app' });
    expect(app.sent).toMatchObject([{ meta: { provider: 'app' } }]);
  });

  test.for([
    ['nobody', json({ type: 'anonymous' }), { code: 'VERIFICATION_FAILED' }],
    ['somebody else', json({ accountId: 'eve' }), { code: 'VERIFICATION_FAILED' }],
    ['a missing scope', json({}, { status: 403 }), { code: 'VERIFICATION_FAILED', status: 403 }],
    ['an outage', json({}, { status: 503 }), { code: 'NETWORK_FAILED', retryable: true }],
    [
      'a user who has not granted',
      json({}, { status: 401, headers: { 'forge-proxy-error': 'NEEDS_AUTHENTICATION_ERR' } }),
      { code: 'NEEDS_AUTHENTICATION_ERR' },
    ],
  ] as const)('tells of %s', async ([, answer, expected]) => {
    const { identity } = verify({ kind: 'user' }, answer, 'ada');
    await expect(identity).rejects.toMatchObject(expected);
  });
});
