import {
  ConfigError,
  InvalidResponseError,
  OutOfBaseError,
  RequestError,
  ResponseError,
} from '@tributary/pipeline';
import { RouteError } from '@tributary/route';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import type { Client as TheirClient } from 'confluence.js/core';
import { createV1Client } from 'confluence.js/v1';
import { createV2Client, getPageById, getPages } from 'confluence.js/v2';
import fc from 'fast-check';
import ky from 'ky';
import createOpenApiClient from 'openapi-fetch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { retry } from '../src/index.js';
import { confluenceJsClient, toFetch } from '../src/interop/index.js';
import { failure } from './support/calls.js';
import { type TestApi, testApi } from './support/product-api.js';
import { json, serve } from './support/serve.js';

let sandbox: Sandbox;
let api: TestApi;
beforeAll(async () => {
  sandbox = await startSandbox();
  const { email, scopedToken } = sandbox.people.admin;
  api = testApi({
    // The gateway: what other clients believe to call is the site.
    base: `${sandbox.gatewayUrl}/ex/confluence/${sandbox.cloudId}`,
    authorization: `Basic ${Buffer.from(`${email}:${scopedToken}`).toString('base64')}`,
    retry: retry({ baseDelay: 1 }),
  });
});
afterAll(async () => {
  await api[Symbol.asyncDispose]();
  await sandbox.close();
});

/** As openapi-typescript makes them, as far as it goes. */
interface Paths {
  '/wiki/api/v2/pages': {
    get: {
      parameters: { query?: { limit?: number; 'space-id'?: number[] } };
      responses: {
        200: { content: { 'application/json': { results: { id: string; title: string }[] } } };
      };
    };
    post: {
      parameters: { query?: never };
      requestBody: {
        content: {
          'application/json': {
            spaceId: string;
            status: string;
            title: string;
            body: { representation: string; value: string };
          };
        };
      };
      responses: { 200: { content: { 'application/json': { id: string } } } };
    };
  };
  '/wiki/api/v2/pages/{id}': {
    get: {
      parameters: { path: { id: string } };
      responses: {
        200: { content: { 'application/json': { id: string; title: string } } };
        404: { content: { 'application/json': { errors: { title: string }[] } } };
      };
    };
  };
}

describe('openapi-fetch', () => {
  const client = () =>
    createOpenApiClient<Paths>({
      baseUrl: sandbox.siteUrl,
      fetch: toFetch(api, { base: sandbox.siteUrl }),
    });

  test('reads through the chain, its retry included', async () => {
    sandbox.clearJournal();
    sandbox.failNext({ status: 503 });
    const { data, response } = await client().GET('/wiki/api/v2/pages', {
      params: { query: { limit: 3 } },
    });
    expect(data?.results).toHaveLength(3);
    expect(response.status).toBe(200);
    expect(sandbox.requests.map(({ listener, status }) => [listener, status])).toEqual([
      ['gateway', 503],
      ['gateway', 200],
    ]);
    expect(api.calls.at(-1)?.template).toBe('/wiki/api/v2/pages');
  });

  test('writes, also a second time, since its body was read first', async () => {
    sandbox.clearJournal();
    sandbox.failNext({ status: 429, method: 'POST', headers: { 'retry-after': '0' } });
    const body = {
      spaceId: '65538',
      status: 'current',
      title: 'Made by openapi-fetch',
      body: { representation: 'storage', value: '<p>ü</p>' },
    };
    const { data } = await client().POST('/wiki/api/v2/pages', { body });
    expect(sandbox.requests.map(({ status }) => status)).toEqual([429, 200]);
    const { data: page } = await client().GET('/wiki/api/v2/pages/{id}', {
      params: { path: { id: data?.id ?? '' } },
    });
    expect(page?.title).toBe('Made by openapi-fetch');
    expect(api.calls.at(-1)?.template).toBe('/wiki/api/v2/pages/{}');
  });

  test('gets an error status as an answer', async () => {
    const { error, response } = await client().GET('/wiki/api/v2/pages/{id}', {
      params: { path: { id: '1' } },
    });
    expect(response.status).toBe(404);
    expect(error).toMatchObject({ errors: [{ title: 'Not Found' }] });
  });

  test('can’t be led elsewhere by an id, which it encodes', async () => {
    const id = '../spaces';
    const work = client().GET('/wiki/api/v2/pages/{id}', { params: { path: { id } } });
    expect(await failure(work)).toBeInstanceOf(RouteError);
  });
});

describe('ky on top', () => {
  test('keeps its own conveniences', async () => {
    const client = ky.create({
      prefix: `${sandbox.siteUrl}/wiki/api/v2`,
      fetch: toFetch(api, { base: sandbox.siteUrl }),
      retry: 0,
    });
    const { results } = await client
      .get('pages', { searchParams: { limit: 2 } })
      .json<{ results: unknown[] }>();
    expect(results).toHaveLength(2);
    const error = await failure(client.get('pages/1').json());
    expect(error).toMatchObject({ name: 'HTTPError', response: { status: 404 } });
  });
});

describe('confluence.js', () => {
  test('takes the client for one of its own', async () => {
    const client: TheirClient = confluenceJsClient(api);
    const { results } = await getPages(client, { limit: 2, spaceId: [65538] });
    const [first] = results ?? [];
    const page = await getPageById(client, { id: Number(first?.id), bodyFormat: 'storage' });
    expect(page.title).toBe(first?.title);
    // Its schema has run.
    expect(page.createdAt).toBeInstanceOf(Date);
  });

  test('runs both of its APIs over one chain, with its retry', async () => {
    const client = confluenceJsClient(api);
    const [v1, v2] = [createV1Client(client), createV2Client(client)];
    sandbox.failNext({ status: 503 });
    const { results } = await v2.page.getPages({ limit: 1 });
    const id = String(results?.[0]?.id);
    const labels = await v1.contentLabels.addLabelsToContent({
      id,
      body: [{ prefix: 'global', name: 'from-confluence-js' }],
    } as never);
    expect(JSON.stringify(labels)).toContain('from-confluence-js');
    await v1.contentLabels.removeLabelFromContent({ id, label: 'from-confluence-js' });
    const user = await v1.users.getCurrentUser();
    expect(user.accountId).toBe(sandbox.people.admin.accountId);
  });

  test('uploads and downloads', async () => {
    const v1 = createV1Client(confluenceJsClient(api));
    const { results } = await v1.contentAttachments.createAttachment({
      id: '98305',
      attachments: { filename: 'theirs.txt', content: 'Grüße' },
    } as never);
    const attachmentId = results[0]?.id ?? '';
    const bytes = await v1.contentAttachments.downloadAttatchment({ id: '98305', attachmentId });
    expect(Buffer.from(bytes as Uint8Array).toString()).toBe('Grüße');
  });

  test('is told of an error status by an error of ours', async () => {
    const error = await failure(getPageById(confluenceJsClient(api), { id: 1 }));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({ status: 404, template: '/wiki/api/v2/pages/{}' });
  });

  test.for(['../../../../admin', '1/../../spaces', '%2e%2e%2fspaces', 'a\\b'])(
    'can’t be led elsewhere by an id such as %s, which it puts into paths as it is',
    async (id) => {
      const calls = api.calls.length;
      const error = await failure(getPageById(confluenceJsClient(api), { id: id as never }));
      expect(error).toSatisfy(
        (found) => found instanceof RequestError || found instanceof RouteError,
      );
      expect(api.calls).toHaveLength(calls);
    },
  );

  test('is told when an answer isn’t what its schema says', async () => {
    await using server = await serve((_request, response) => void response.end('{"results":7}'));
    await using other = testApi({ base: server.origin });
    const error = await failure(getPages(confluenceJsClient(other)));
    expect(error).toBeInstanceOf(InvalidResponseError);
  });
});

describe('a fetch of the chain', () => {
  const SITE = 'https://example.atlassian.net';
  const seen = async (
    input: string | URL | Request,
    init?: RequestInit,
    options: Parameters<typeof toFetch>[1] = { base: SITE },
  ) => {
    await using server = await serve(json);
    await using own = testApi({ base: `${server.origin}/ex/confluence/7` });
    const response = await toFetch(own, options)(input, init);
    await response.text();
    const [request] = server.received;
    if (request === undefined) throw new Error('Nothing was sent.');
    return { ...request, template: own.calls[0]?.template };
  };

  test.for([
    ['a path', '/wiki/api/v2/pages?limit=2&cursor=a%3D%3D+b'],
    ['a URL of the site', `${SITE}/wiki/api/v2/pages?limit=2&cursor=a%3D%3D+b`],
    [
      'its port spelt out',
      'https://EXAMPLE.atlassian.net:443/wiki/api/v2/pages?limit=2&cursor=a%3D%3D+b#x',
    ],
    ['a URL object', new URL(`${SITE}/wiki/api/v2/pages?limit=2&cursor=a%3D%3D+b`)],
    ['a Request', new Request(`${SITE}/wiki/api/v2/pages?limit=2&cursor=a%3D%3D+b`)],
  ] as const)('takes %s, and keeps its query as it is', async ([, input]) => {
    const { method, url, headers } = await seen(input);
    expect(`${method} ${url}`).toBe(
      'GET /ex/confluence/7/wiki/api/v2/pages?limit=2&cursor=a%3D%3D+b',
    );
    expect(headers.authorization).toBe('Bearer hush-hush');
  });

  test('takes each of several bases, and a context path off', async () => {
    const base = ['https://host.example/confluence', SITE];
    const { url } = await seen('https://host.example/confluence/rest/api/content', {}, { base });
    expect(url).toBe('/ex/confluence/7/rest/api/content');
  });

  test('shows no name and no id in its template', async () => {
    const { template } = await seen('/wiki/api/v2/pages/42/labels/secret-plan/?q=x');
    expect(template).toBe('/wiki/api/v2/pages/{}/labels/{}/');
  });

  const bodies: readonly (readonly [string, () => [Request | string, RequestInit?], string])[] = [
    ['text', () => ['/x', { method: 'POST', body: 'ü' }], 'ü'],
    ['a Request', () => [new Request(`${SITE}/x`, { method: 'PUT', body: 'ü' })], 'ü'],
    [
      'a Request with another body',
      () => [new Request(`${SITE}/x`, { method: 'PUT', body: 'a' }), { body: 'b' }],
      'b',
    ],
    [
      'a large Request',
      () => [new Request(`${SITE}/x`, { method: 'PUT', body: 'x'.repeat(3_000_000) })],
      'x'.repeat(3_000_000),
    ],
    ['a form', () => ['/x', { method: 'POST', body: new URLSearchParams({ a: 'b c' }) }], 'a=b+c'],
  ];
  test.for(bodies)('sends the body of %s', async ([, make, expected]) => {
    const { body } = await seen(...make());
    expect(body === expected).toBe(true);
  });

  test('sends headers of a Request over those given beforehand, and reads no credential of theirs', async () => {
    const request = new Request(`${SITE}/x`, { headers: { 'X-A': '1', accept: 'text/plain' } });
    const { headers } = await seen(request, undefined, {
      base: SITE,
      request: { headers: { 'x-a': '0', 'x-b': '2' } },
    });
    expect(headers).toMatchObject({ 'x-a': '1', 'x-b': '2', accept: 'text/plain' });
  });

  test('ends with the reason of a Request’s signal', async () => {
    const reason = new Error('enough');
    const request = new Request(`${SITE}/x`, { signal: AbortSignal.abort(reason) });
    expect(await failure(seen(request))).toBe(reason);
  });

  const refused: readonly (readonly [string, string | Request, unknown])[] = [
    ['another host', 'https://evil.example/wiki/api/v2/pages', OutOfBaseError],
    ['another port', `${SITE}:8443/wiki`, OutOfBaseError],
    ['the host’s name as the beginning of another', `${SITE}.evil.example/wiki`, OutOfBaseError],
    ['a user name', 'https://x@example.atlassian.net/wiki', OutOfBaseError],
    ['plain http', 'http://example.atlassian.net/wiki', OutOfBaseError],
    ['a Request elsewhere', new Request('https://evil.example/wiki'), OutOfBaseError],
    ['no path', 'wiki/api/v2/pages', RequestError],
    ['two slashes', '//evil.example/wiki', RequestError],
    ['a slash and a backslash', '/\\evil.example/wiki', RequestError],
    ['dots', '/wiki/api/v2/pages/../spaces', RequestError],
    ['dots in a URL', `${SITE}/wiki/api/v2/pages/../spaces`, RequestError],
    ['dots in a URL with its port', `${SITE}:443/wiki/api/v2/pages/%2e%2E/spaces`, RequestError],
    ['an encoded slash', '/wiki/api/v2/pages/1%2f2', RouteError],
    [
      'an encoded slash in a Request',
      new Request(`${SITE}/wiki/api/v2/pages/..%2fspaces`),
      RouteError,
    ],
    ['dots encoded twice', '/wiki/api/v2/pages/%252e%252e', RouteError],
    ['dots with a parameter', '/wiki/api/v2/pages/..;a/spaces', RouteError],
    ['an escape that is none', '/wiki/api/v2/pages/%zz', RequestError],
    ['an empty segment', '/wiki//api/v2', RequestError],
    ['a line end', '/wiki/a\nb', RequestError],
    [
      'a credential of its own',
      new Request(`${SITE}/x`, { headers: { authorization: 'x' } }),
      RequestError,
    ],
  ];
  test.for(refused)('refuses %s, and sends nothing', async ([, input, kind]) => {
    await using server = await serve(json);
    await using own = testApi({ base: server.origin });
    const error = await failure(toFetch(own, { base: SITE })(input));
    expect(error).toBeInstanceOf(kind);
    expect(server.received).toEqual([]);
  });

  test('without a base takes paths only, and says so', async () => {
    const error = await failure(seen(`${SITE}/wiki`, undefined, {}));
    expect(error).toMatchObject({ field: 'input' });
    expect((error as Error).message).toContain('`base`');
  });

  test('is refused at once for a base that is none', () => {
    expect(() => toFetch(api, { base: 'example' })).toThrow(ConfigError);
  });

  test('whatever is called goes under the base, or nowhere', async () => {
    const urls: string[] = [];
    const own = {
      requestConfluence: async ({ value }: { value: string }) => {
        urls.push(value);
        return new Response();
      },
    };
    const call = toFetch(own as never, { base: SITE });
    const base = 'https://api.atlassian.com/ex/confluence/7/';
    const piece = fc.oneof(
      fc.constantFrom(
        '..',
        '.',
        '%2e',
        '%2F',
        '%5c',
        '\\',
        '/',
        'wiki',
        '@',
        ':',
        '?',
        '#',
        ';',
        ' ',
        '\t',
      ),
      fc.string({ maxLength: 4 }),
    );
    const any = fc
      .tuple(fc.constantFrom('', '/', SITE, `${SITE}/`), fc.array(piece, { maxLength: 8 }))
      .map(([begin, pieces]) => begin + pieces.join(''));
    await fc.assert(
      fc.asyncProperty(any, async (input) => {
        urls.length = 0;
        await call(input).catch(() => {});
        for (const path of urls) {
          const { pathname } = new URL(base + path.slice(1));
          expect(pathname.startsWith('/ex/confluence/7/')).toBe(true);
          expect(decodeURIComponent(pathname)).not.toMatch(/\/\.\.?(?:\/|$)|\\/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
