import { createTributary } from '@tributary/api';
import { apiToken, bearer, cloud, singleUser } from '@tributary/auth-providers';
import { type AuthProvider, Secret } from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { forgeApi } from '../support/forge-api.js';
import { installed, recorderOfFile } from '../support/installed.js';

const { default: api, route, assumeTrustedRoute } = forgeApi;

const CLOUD_ID = '11111111-2222-4333-8444-555555555555';
const OTHER_ID = '99999999-8888-4777-8666-555555555555';
const APP = `Basic ${Buffer.from('ada@example.com:token').toString('base64')}`;

const warned: string[] = [];
const server = await recorderOfFile();

const sites = () => cloud(server.url, { gateway: server.url, cloudId: CLOUD_ID });

/** Stands for Bitbucket's host, which no configuration moves. */
const atBitbucket: AuthProvider = {
  kind: 'bitbucket',
  endpoint: () => `${server.url}/bitbucket/`,
  credential: ({ base }) => ({ authorization: new Secret('Bearer repository'), base }),
};
const bitbucket = createTributary({
  site: sites(),
  app: atBitbucket,
  user: singleUser(atBitbucket),
  bare: atBitbucket,
});

const { begin, dispose } = installed(
  createTributary({
    site: sites(),
    app: apiToken({ email: 'ada@example.com', token: 'token', scoped: true }),
    user: singleUser(bearer('of-a-person')),
  }),
  { bitbucket, warn: (text) => warned.push(text) },
);
afterEach(() => {
  warned.length = 0;
});
afterAll(() => bitbucket[Symbol.asyncDispose]());

const gateway = (product: string) => `/ex/${product}/${CLOUD_ID}`;

describe('where each call of the real package arrives', () => {
  const uses: readonly (readonly [string, () => Promise<unknown>, string, string | undefined])[] = [
    [
      'asApp().requestConfluence',
      () => api.asApp().requestConfluence(route`/wiki/api/v2/pages/${7}?limit=${1}`),
      `${gateway('confluence')}/wiki/api/v2/pages/7?limit=1`,
      APP,
    ],
    [
      'asUser().requestConfluence',
      () => api.asUser().requestConfluence(route`/wiki/api/v2/spaces`),
      `${gateway('confluence')}/wiki/api/v2/spaces`,
      'Bearer of-a-person',
    ],
    [
      'requestConfluence',
      () => api.requestConfluence(route`/wiki/api/v2/spaces`),
      '/wiki/api/v2/spaces',
      undefined,
    ],
    [
      'a path without /wiki, as authorize() has it',
      () => api.asApp().requestConfluence(route`/rest/api/content/${1}`),
      `${gateway('confluence')}/wiki/rest/api/content/1`,
      APP,
    ],
    [
      'asApp().requestJira',
      () => api.asApp().requestJira(route`/rest/api/3/issue/${'A-1'}`),
      `${gateway('jira')}/rest/api/3/issue/A-1`,
      APP,
    ],
    [
      'asUser().requestJira',
      () => api.asUser().requestJira(route`rest/api/3/myself`),
      `${gateway('jira')}/rest/api/3/myself`,
      'Bearer of-a-person',
    ],
    [
      'requestJira',
      () => api.requestJira(route`/rest/api/3/serverInfo`),
      '/rest/api/3/serverInfo',
      undefined,
    ],
    [
      'asApp().requestBitbucket, with a branch that has a slash',
      () => api.asApp().requestBitbucket(assumeTrustedRoute('/2.0/refs/branches/feature%2Fx')),
      '/bitbucket/2.0/refs/branches/feature%2Fx',
      'Bearer repository',
    ],
    [
      'asUser().requestBitbucket',
      () => api.asUser().requestBitbucket(route`/2.0/user`),
      '/bitbucket/2.0/user',
      'Bearer repository',
    ],
    [
      'asApp().requestAtlassian',
      () => api.asApp().requestAtlassian(route`/graphql/${'twg'}`),
      '/graphql/twg',
      APP,
    ],
    [
      'asUser().requestConnectedData',
      () => api.asUser().requestConnectedData(route`//v1/x`),
      '/connected-data/v1/x',
      'Bearer of-a-person',
    ],
    [
      'asApp().withContext',
      () =>
        api
          .asApp()
          .withContext(`ari:cloud:jira::site/${CLOUD_ID}`)
          .requestJira(route`/rest/api/3/field`),
      `${gateway('jira')}/rest/api/3/field`,
      APP,
    ],
    [
      'asUser().withContext, whose ARI alone says the product',
      () =>
        api
          .asUser()
          .withContext(`ari:cloud:confluence:${CLOUD_ID}:workspace/1`)
          .requestJira(route`/rest/api/space`),
      `${gateway('confluence')}/wiki/rest/api/space`,
      'Bearer of-a-person',
    ],
    [
      "withContext of Bitbucket's workspace",
      () =>
        api.asApp().withContext('ari:cloud:bitbucket::workspace/w').requestBitbucket(route`/2.0`),
      '/bitbucket/2.0',
      'Bearer repository',
    ],
    [
      '__requestAtlassianAsApp, with its path in text',
      () => forgeApi.__requestAtlassianAsApp('/app/report-accounts/'),
      '/app/report-accounts/',
      APP,
    ],
    [
      '__fetchProduct',
      () =>
        forgeApi.__fetchProduct({ provider: 'app', remote: 'jira', type: 'fpp' })('/rest/api/3/x'),
      `${gateway('jira')}/rest/api/3/x`,
      APP,
    ],
  ];

  test.each(uses)('%s', async (_, use, url, authorization) => {
    begin();
    await use();
    const { method, url: arrived, headers } = server.only();
    expect([method, arrived, headers.authorization]).toEqual(['GET', url, authorization]);
  });

  test('requestBitbucket without a client of its own names the option', async () => {
    begin({ bitbucket: undefined } as object);
    for (const provider of [api.asApp(), api.asUser(), api]) {
      await expect(provider.requestBitbucket(route`/2.0/user`)).rejects.toMatchObject({
        name: 'ConfigError',
        field: 'bitbucket',
      });
    }
    expect(server.arrived).toEqual([]);
  });

  test('withContext of another site goes there, and nowhere where nobody knows it', async () => {
    const there = cloud(server.url, { gateway: server.url, cloudId: OTHER_ID });
    const call = (id: string) =>
      api
        .asApp()
        .withContext(`ari:cloud:confluence::site/${id}`)
        .requestConfluence(route`/wiki/api/v2/spaces`);
    begin({ sites: (cloudId) => (cloudId === OTHER_ID ? there : undefined) });
    await call(OTHER_ID);
    expect(server.only().url).toBe(`/ex/confluence/${OTHER_ID}/wiki/api/v2/spaces`);
    await expect(call(CLOUD_ID.replaceAll('1', '0'))).rejects.toMatchObject({ field: 'sites' });
    await expect(call('not-a-cloud-id')).rejects.toMatchObject({ field: 'contextAri' });
    expect(server.arrived).toEqual([]);
  });
});

describe('GraphQL', () => {
  test('requestGraph and requestTeamworkGraph', async () => {
    begin();
    server.reply({ body: '{"data":{"me":{}}}' });
    const response = await api.asUser().requestGraph('query { me }', { a: 1 }, { 'X-Beta': '1' });
    expect(await response.json()).toEqual({ data: { me: {} } });
    const graph = server.only();
    expect([graph.method, graph.url]).toEqual(['POST', '/graphql']);
    expect(graph.headers).toMatchObject({ 'content-type': 'application/json', 'x-beta': '1' });
    expect(String(graph.body)).toBe('{"query":"query { me }","variables":{"a":1}}');

    await api.asUser().requestTeamworkGraph('query { me }', undefined, 'name', { b: 2 });
    const twg = server.only();
    expect(twg.url).toBe('/graphql/twg');
    expect(JSON.parse(String(twg.body))).toEqual({
      query: 'query { me }',
      operationName: 'name',
      extensions: { b: 2 },
    });
  });

  test('no path of it leads into a site', async () => {
    begin();
    for (const path of [`${gateway('confluence')}/wiki/api/v2/pages`, '/graphql/..%2Fex/jira/1']) {
      await expect(api.asApp().requestAtlassian(assumeTrustedRoute(path))).rejects.toThrow();
    }
    expect(server.arrived).toEqual([]);
  });

  test('privacy.reportPersonalData, in batches', async () => {
    begin();
    const accounts = Array.from({ length: 91 }, (_, at) => ({
      accountId: `a-${at}`,
      updatedAt: '2026-01-01T00:00:00.000Z',
    }));
    server.reply({ body: '{"accounts":[{"accountId":"a-1","status":"closed"}]}' }, { status: 204 });
    expect(await forgeApi.privacy.reportPersonalData(accounts)).toHaveLength(1);
    expect(server.arrived.map(({ url }) => url)).toEqual([
      '/app/report-accounts',
      '/app/report-accounts',
    ]);
    server.reply({ status: 403 });
    const refused = forgeApi.privacy.reportPersonalData(accounts.slice(0, 1));
    await expect(refused).rejects.toMatchObject({ status: 403 });
  });

  test('webTrigger asks for the URLs of an option, and says so where there is none', async () => {
    begin();
    const { webTrigger } = forgeApi;
    await expect(webTrigger.getUrl('key')).rejects.toMatchObject({
      code: 'FORGE_UNSUPPORTED',
      message: expect.stringContaining('webTriggers'),
    });
    dispose();
    const deleted: string[] = [];
    begin({
      webTriggers: {
        getUrl: (key) => `https://me.example/x1/${key}`,
        deleteUrl: (id) => void deleted.push(id),
        queryUrls: () => [{ triggerKey: 'key', url: 'https://me.example/x1/key' }],
      },
    });
    expect(await webTrigger.getUrl('key', true)).toBe('https://me.example/x1/key');
    expect(await webTrigger.queryUrls('key')).toEqual([
      { moduleKey: 'key', url: 'https://me.example/x1/key' },
    ]);
    await webTrigger.deleteUrl('https://me.example/x1/key');
    expect(deleted).toEqual(['key']);
    expect(server.arrived).toEqual([]);
  });
});

describe('authorize()', () => {
  const visit = createInvocation({
    surface: 'terminal',
    user: { id: 'ann', accountId: 'account-ann' },
  });

  test('asks Confluence and Jira about the invoking user', async () => {
    begin();
    await runInInvocation(visit, async () => {
      const { onConfluenceContent, onJiraIssue, onJira } = forgeApi.authorize();
      server.reply({ body: '{"hasPermission":true}' });
      expect(await onConfluenceContent('7').canUpdate?.()).toBe(true);
      const check = server.only();
      expect([check.method, check.url]).toEqual([
        'POST',
        `${gateway('confluence')}/wiki/rest/api/content/7/permission/check`,
      ]);
      expect(JSON.parse(String(check.body))).toEqual({
        subject: { type: 'user', identifier: 'account-ann' },
        operation: 'update',
      });
      expect(check.headers.authorization).toBe('Bearer of-a-person');

      server.reply({
        body: '{"projectPermissions":[{"permission":"EDIT_ISSUES","issues":[2,1]}]}',
      });
      expect(await onJiraIssue([1, 2]).canEdit?.()).toBe(true);
      expect(server.only().url).toBe(`${gateway('jira')}/rest/api/3/permissions/check`);
      expect(await onJira([])).toEqual([]);
    });
  });

  test('needs to know who that is', () => {
    begin();
    expect(() => forgeApi.authorize()).toThrow(/find the accountId of the invoking user/);
    dispose();
    begin({ accountId: 'account-of-the-script' });
    expect(forgeApi.authorize()).toHaveProperty('onJiraProject');
  });
});

describe('as Forge', () => {
  test('sends once, whatever comes', async () => {
    begin();
    server.reply({ status: 429, headers: { 'retry-after': '0' } }, { status: 503 });
    const path = route`/wiki/api/v2/pages`;
    const limited = await api.asApp().requestConfluence(path);
    expect([limited.status, limited.ok]).toEqual([429, false]);
    expect((await api.asApp().requestConfluence(path)).status).toBe(503);
    expect(server.arrived).toHaveLength(2);
  });

  test('waits for no rate budget, unless that is asked for', async () => {
    const path = route`/wiki/api/v2/pages`;
    const quota = { 'ratelimit-reason': 'confluence-quota-tenant-based', 'retry-after': '60' };
    const afterQuota = async (options: Parameters<typeof begin>[0]) => {
      begin(options);
      server.reply({ status: 429, headers: quota });
      await api.asApp().requestConfluence(path);
      const began = server.arrived.length;
      await api
        .asApp()
        .requestConfluence(path)
        .catch(() => {});
      dispose();
      return server.arrived.length - began;
    };
    expect(await afterQuota({})).toBe(1);
    // It can't be answered within its deadline, and so is not even sent.
    expect(await afterQuota({ budget: true })).toBe(0);
  });

  test('retries where that is asked for', async () => {
    begin({ retry: { limit: 2 } });
    server.reply({ status: 429, headers: { 'retry-after': '0' } });
    expect((await api.asApp().requestConfluence(route`/wiki/api/v2/pages`)).status).toBe(200);
    expect(server.arrived).toHaveLength(2);
  });

  test("a product's own 401 is an answer", async () => {
    begin();
    server.reply({ status: 401, body: '{"code":401}' });
    const response = await api.asApp().requestJira(route`/rest/api/3/myself`);
    expect([response.status, await response.json()]).toEqual([401, { code: 401 }]);
  });

  test('a path that is no Route throws at once, and a Route of ours is none of theirs', async () => {
    begin();
    const { route: ourRoute } = await import('@tributary/route');
    for (const path of ['/wiki/api/v2/pages', ourRoute`/wiki/api/v2/pages`]) {
      expect(() => api.asApp().requestConfluence(path as never)).toThrow(
        /^You must create your route using the 'route' export from '@forge\/api'/,
      );
    }
  });

  test('asUser() without a user is refused, and says what to do', async () => {
    const own = createTributary({
      site: sites(),
      user: { kind: 'oauth', endpoint: () => server.url, credential: () => undefined },
    });
    begin({}, own);
    const refused = api.asUser().requestConfluence(route`/wiki/api/v2/pages`);
    await expect(refused).rejects.toMatchObject({ code: 'PRINCIPAL_UNAVAILABLE' });
    await own[Symbol.asyncDispose]();
  });

  test('a body can be read once', async () => {
    begin();
    const response = await api.asApp().requestJira(route`/rest/api/3/field`);
    expect(await response.text()).toBe('{}');
    await expect(response.json()).rejects.toThrow(TypeError);
  });

  test('headers are found in any case', async () => {
    begin();
    server.reply({ headers: { 'X-Trace': 'abc' } });
    const { headers } = await api.asApp().requestJira(route`/rest/api/3/field`);
    expect([headers.get('x-TRACE'), headers.get('none'), headers.has('X-trace')]).toEqual([
      'abc',
      null,
      true,
    ]);
    const seen: string[] = [];
    headers.forEach((value, name) => {
      seen.push(`${name}=${value}`);
    });
    expect(seen).toContain('x-trace=abc');
  });
});
