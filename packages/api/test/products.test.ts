import type { AuthProvider } from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { describe, expect, test } from 'vitest';
import { ensureOk, route } from '../src/index.js';
import { clientOver, SITE_URL } from './chain.js';

/** Honoured at a place for each product. */
const everywhere: AuthProvider = {
  kind: 'everywhere',
  endpoint: ({ product }) =>
    product === 'bitbucket' ? 'https://api.bitbucket.example/' : `${SITE_URL}${product}/`,
  credential: () => undefined,
};

const client = (answer = () => new Response('{}')) =>
  clientOver(answer, { app: everywhere, user: everywhere, bare: everywhere });

const path = route`/rest/api/3/issue/${'A-1'}`;

describe('the products', () => {
  const visit = createInvocation({ surface: 'web', user: { id: 'ann' } });

  test.each([
    ['requestConfluence', 'confluence', `${SITE_URL}confluence/wiki/rest/api/3/issue/A-1`],
    ['requestJira', 'jira', `${SITE_URL}jira/rest/api/3/issue/A-1`],
    ['requestBitbucket', 'bitbucket', 'https://api.bitbucket.example/rest/api/3/issue/A-1'],
  ] as const)('%s, as everybody', async (name, product, url) => {
    const { api, terminal } = client();
    await runInInvocation(visit, async () => {
      await api.asApp()[name](path);
      await api.asUser()[name](path, { method: 'POST', body: '{}' });
      await api[name](path);
    });
    expect(terminal.calls.map((call) => [call.product, call.principal.kind, call.method])).toEqual([
      [product, 'app', 'GET'],
      [product, 'user', 'POST'],
      [product, 'none', 'GET'],
    ]);
    expect(new Set(terminal.outgoing.map((sent) => sent.url.href))).toEqual(new Set([url]));
  });

  test.each(['requestConfluence', 'requestJira', 'requestBitbucket'] as const)(
    '%s throws at once for a path that is no Route',
    (name) => {
      const { api } = client();
      const text = '/rest/api/3/issue' as never;
      expect(() => api.asApp()[name](text)).toThrow(/^You must create your route/);
      expect(() => api[name](text)).toThrow(/^You must create your route/);
    },
  );

  test('works taken out of its object', async () => {
    const { api, terminal } = client();
    const { requestJira } = api.asApp();
    await requestJira(path);
    expect(terminal.calls).toHaveLength(1);
  });

  test('ensureOk names the product that answered', async () => {
    const { api } = client(() => new Response('{"errorMessages":[]}', { status: 404 }));
    await expect(ensureOk(api.asApp().requestJira(path))).rejects.toThrow(/^Jira answered 404/);
  });
});

describe('requestGraph', () => {
  test('posts query and variables', async () => {
    const { api, terminal } = client(() => new Response('{"data":{"me":1}}'));
    const response = await api.asApp().requestGraph('query { me }', { a: 1 }, { 'X-More': 'yes' });
    expect(await response.json()).toEqual({ data: { me: 1 } });
    const [call] = terminal.calls;
    expect(call).toMatchObject({ product: 'graph', method: 'POST', template: '/graphql' });
    expect(call?.headers).toMatchObject({ 'content-type': 'application/json', 'x-more': 'yes' });
    expect(call?.body).toBe('{"query":"query { me }","variables":{"a":1}}');
    expect(terminal.outgoing[0]?.url.href).toBe(`${SITE_URL}graph/graphql`);
  });

  test('leaves out what is not given, as Forge does', async () => {
    const { api, terminal } = client();
    await api.asApp().requestGraph('{ me }');
    await api.asApp().requestGraph('{ me }', null);
    for (const call of terminal.calls) expect(call.body).toBe('{"query":"{ me }"}');
  });

  test('requestAtlassian calls what lies beside it', async () => {
    const { api, terminal } = client();
    await api.asApp().requestAtlassian(route`/graphql/twg`, { method: 'POST', body: '{}' });
    expect(terminal.outgoing[0]?.url.href).toBe(`${SITE_URL}graph/graphql/twg`);
  });
});
