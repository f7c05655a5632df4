import { createTributary, type Tributary } from '@tributary/api';
import { apiToken, bearer, cloud, singleUser } from '@tributary/auth-providers';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as dropIn from '../../src/drop-in/index.js';
import { install, type UseTributaryOptions, useTributary } from '../../src/index.js';
import { loadForgeApiAnew } from '../support/forge-api.js';
import { type Arrived, openRecorder, type Recorder, type Reply } from '../support/recorder.js';
import { type Outcome, outcomeOf } from './outcome.js';

// An earlier copy in this process may hold a fetch that was guarded for other hosts.
const forgeApi = loadForgeApiAnew();
type Api = typeof forgeApi;
const ours = dropIn as unknown as Api;

const CLOUD_ID = '11111111-2222-4333-8444-555555555555';
let server: Recorder;
let tributary: Tributary;

beforeAll(async () => {
  server = await openRecorder();
  tributary = createTributary({
    site: cloud(server.url, { gateway: server.url, cloudId: CLOUD_ID }),
    app: apiToken({ email: 'ada@example.com', token: 'token', scoped: true }),
    user: singleUser(bearer('of-a-person')),
  });
});
afterAll(async () => {
  await tributary[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const options = (): UseTributaryOptions => ({
  accountId: 'account-1',
  egress: [server.url],
  warn: () => {},
});

/** What differs from one request to the next. */
const stable = ({ method, url, headers, body }: Arrived) => {
  const { traceparent: _, 'x-b3-traceid': __, 'x-b3-spanid': ___, ...rest } = headers;
  const boundary = /boundary=(\S+)/.exec(headers['content-type'] ?? '')?.[1];
  const text = JSON.stringify([rest, `${body}`]);
  return [method, url, boundary === undefined ? text : text.replaceAll(boundary, 'BOUNDARY')];
};

const seen = async (api: Api, begin: () => () => void, { run, replies = [] }: Use) => {
  server.arrived.length = 0;
  server.reply(...replies);
  const end = begin();
  const invocation = createInvocation({
    surface: 'terminal',
    user: { id: 'ada', accountId: 'account-1' },
  });
  try {
    const outcome: Outcome = await runInInvocation(invocation, () => outcomeOf(() => run(api)));
    return { ...outcome, arrived: server.arrived.map(stable) };
  } finally {
    end();
  }
};

interface Use {
  readonly run: (api: Api) => unknown;
  readonly replies?: readonly Reply[];
  /** Requests that arrive; default 1. */
  readonly requests?: number;
  /** What both begin with, where the drop-in knows more to say than the platform. */
  readonly begins?: string;
}

const as = <T>(value: unknown): T => value as T;
const put =
  (body: unknown, headers: Record<string, string> = {}) =>
  (api: Api) =>
    api.asApp().requestConfluence(api.route`/wiki/rest/api/content/${7}`, {
      method: 'PUT',
      headers,
      body: as(body),
    });
const form = new FormData();
form.append('file', new Blob(['text'], { type: 'text/plain' }), 'a b.txt');
form.append('minorEdit', 'true');

const uses: Record<string, Use> = {
  'text that is JSON, without content type': { run: put('{"a":1}') },
  'text that is none': { run: put('a=1') },
  'JSON with its type': { run: put('{}', { 'Content-Type': 'application/json' }) },
  'a form, with nocheck': { run: put(form, { 'X-Atlassian-Token': 'nocheck' }) },
  'a form, without': { run: put(form) },
  parameters: { run: put(new URLSearchParams({ a: 'b c' })) },
  bytes: { run: put(new Uint8Array([1, 2, 3]).buffer) },
  'a view of bytes': { run: put(new Uint8Array([1, 2, 3]).subarray(1)) },
  'a blob': { run: put(new Blob(['x'], { type: 'image/png' })) },
  'an object': { run: put({ a: 1 }) },
  'a body in a GET': {
    run: (api) => api.asApp().requestJira(api.route`/x`, { body: 'x' }),
    requests: 0,
  },
  'header names in any case, other fields': {
    run: (api) =>
      api
        .asUser()
        .requestJira(api.route`/x`, as({ headers: { ACCEPT: 'a/b', 'x-A': 1 }, compress: true })),
  },
  'characters of all kinds': {
    run: (api) => api.asApp().requestConfluence(api.route`/wiki/x/${'a b é|^"<>%'}?q=${'é &+#'}`),
  },
  'undefined in a path': {
    run: (api) => api.asApp().requestConfluence(api.route`/wiki/${as<string>(undefined)}/x`),
  },
  'nothing in a path': { run: (api) => api.asApp().requestConfluence(api.route`/wiki/${''}/x`) },
  'a blank at the end': { run: (api) => api.asApp().requestConfluence(api.route`/wiki/x/${'7 '}`) },
  'route as a function': {
    run: (api) => api.asApp().requestConfluence(as<(text: string) => never>(api.route)('/wiki/x')),
  },
  'a fragment': { run: (api) => api.asApp().requestConfluence(api.route`/wiki/x?a=1#${'b'}`) },
  'a link that was given': {
    run: (api) =>
      api.asApp().requestConfluence(api.assumeTrustedRoute('/rest/api/x?cursor=a%3D&limit=1')),
  },
  'no slash': { run: (api) => api.requestConfluence(api.route`wiki/x`) },
  'a way out, in a trusted path': {
    run: (api) => api.asApp().requestConfluence(api.assumeTrustedRoute('/wiki/../../x')),
    requests: 0,
  },
  'a way out that Forge overlooks': {
    run: async (api) => api.asApp().requestConfluence(api.route`/wiki/${'%2E%2E'}/x`),
    requests: 0,
    begins: 'Disallowing path manipulation attempt',
  },
  'a slash that Forge overlooks': {
    run: (api) => api.asApp().requestConfluence(api.route`/wiki/${'a%2Fb'}/x`),
    requests: 0,
  },
  '404': {
    run: (api) => api.asApp().requestConfluence(api.route`/wiki/x`),
    replies: [{ status: 404 }],
  },
  '503 is not tried again': {
    run: (api) => api.asApp().requestConfluence(api.route`/wiki/x`),
    replies: [{ status: 503 }],
  },
  '429 is not waited for': {
    run: (api) => api.asApp().requestConfluence(api.route`/wiki/x`),
    replies: [{ status: 429, headers: { 'retry-after': '1' } }],
  },
  'a body, read twice': {
    run: async (api) => {
      const response = await api.asApp().requestConfluence(api.route`/wiki/x`);
      const first = await response.json();
      return [first, await response.text().catch((error: Error) => error.name)];
    },
    replies: [{ body: '{"a":1}' }],
  },
  'bytes of an answer': {
    run: async (api) => {
      const response = await api.asApp().requestConfluence(api.route`/wiki/x`);
      return [...new Uint8Array(await response.arrayBuffer())];
    },
    replies: [{ body: new Uint8Array([0, 255]) }],
  },
  'headers of an answer, read': {
    run: async (api) => {
      const { headers, statusText, ok } = await api.asApp().requestConfluence(api.route`/wiki/x`);
      const all: string[] = [];
      headers.forEach((value, name) => {
        all.push(`${name}: ${value}`);
      });
      return [
        headers.get('X-A'),
        headers.get('x-b'),
        headers.has('x-c'),
        statusText,
        ok,
        all.filter((line) => line.startsWith('x-')),
      ];
    },
    replies: [{ headers: { 'x-a': '1', 'x-b': '2' } }],
  },
  'headers of an answer, changed': {
    run: async (api) => {
      const { headers } = await api.asApp().requestConfluence(api.route`/wiki/x`);
      headers.set('x-a', '2');
      headers.append('x-a', '3');
      headers.delete('x-b');
      return [headers.get('x-a'), headers.has('x-b')];
    },
    replies: [{ headers: { 'x-a': '1', 'x-b': '2' } }],
  },
  requestGraph: { run: (api) => api.asUser().requestGraph('query', { a: 1 }) },
  'authorize().onConfluenceContent': {
    run: (api) => api.authorize().onConfluenceContent(7).canUpdate?.(),
    replies: [{ body: '{"hasPermission":true}' }],
  },
  'authorize().onJiraIssue': {
    run: (api) => api.authorize().onJiraIssue([1]).canEdit?.(),
    replies: [{ body: '{"projectPermissions":[{"permission":"EDIT_ISSUES","issues":[1]}]}' }],
  },
  'fetch of a host that is allowed': {
    run: (api) => api.fetch(`${server.url}/x?y=z`, { method: 'POST', body: 'a' }),
  },
  'invokeRemote without a table': {
    run: (api) => api.invokeRemote('backend', { path: '/x' }),
    requests: 0,
  },
  'withProvider without a description': {
    run: (api) => api.asUser().withProvider('drive'),
    requests: 0,
    begins: 'Bad provider or missing config for provider',
  },
  'webTrigger without URLs': { run: (api) => api.webTrigger.getUrl('hook'), requests: 0 },
};

describe('on the wire, the drop-in is what @forge/api is over install()', () => {
  test.each(Object.entries(uses))('%s', async (_, use) => {
    const { requests = 1, begins } = use;
    const theirs = await seen(forgeApi, () => install(tributary, options()), use);
    const mine = await seen(ours, () => useTributary(tributary, options()), use);
    expect(theirs.arrived).toHaveLength(requests);
    if (begins === undefined) {
      expect(mine).toStrictEqual(theirs);
    } else {
      const { settled, arrived } = theirs;
      expect(mine).toMatchObject({ settled, arrived });
      for (const { message } of [mine, theirs]) expect(message?.startsWith(begins)).toBe(true);
    }
  });
});
