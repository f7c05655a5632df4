import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { cloud, dataCenter } from '@tributary/auth-providers';
import { PrincipalError, RequestError } from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { RouteError } from '@tributary/route';
import { describe, expect, test } from 'vitest';
import { assumeTrustedRoute, route } from '../src/index.js';
import { clientOver, SITE_URL } from './chain.js';

const page = route`/wiki/api/v2/pages/${42}`;

describe('requestConfluence', () => {
  test.each([
    ['a string', '/wiki/api/v2/pages'],
    ['undefined', undefined],
    [
      'an object of the same shape',
      { value: '/wiki/api/v2/pages', template: '/wiki/api/v2/pages' },
    ],
  ])('refuses %s at once, not as a rejection', (_, path) => {
    const { api, terminal } = clientOver(new Response());
    expect(() => api.asApp().requestConfluence(path as never)).toThrow(RouteError);
    expect(() => api.requestConfluence(path as never)).toThrow(/You must create your route using/);
    expect(terminal.calls).toHaveLength(0);
  });

  test('tells where its calls go', async () => {
    const center = dataCenter('https://intranet.example.com/confluence');
    const { api } = clientOver(new Response(), { site: center });
    expect([api.site, api.asApp().site]).toEqual([center, center]);
    const other = cloud('https://other.atlassian.net');
    const invocation = createInvocation({ surface: 'background', site: other });
    expect(runInInvocation(invocation, () => [api.site, api.asApp().site])).toEqual([other, other]);
    expect(clientOver(new Response(), { site: undefined }).api.asApp().site).toBeUndefined();
  });

  test.each([200, 204, 304, 400, 401, 403, 404, 409, 410, 500])(
    'returns a plain %i as a standard Response',
    async (status) => {
      const { api } = clientOver([new Response(null, { status })]);
      const response = await api.asApp().requestConfluence(page, { method: 'POST' });
      expect(response).toBeInstanceOf(Response);
      expect(response.status).toBe(status);
    },
  );

  test('hands method, headers, body and redirect on as they were meant', async () => {
    const { api, terminal } = clientOver(new Response());
    await api.asApp().requestConfluence(page, {
      method: 'put',
      headers: { 'X-Custom': 'a' },
      body: JSON.stringify({ title: 'ü' }),
      redirect: 'manual',
    });
    expect(terminal.calls[0]).toMatchObject({
      product: 'confluence',
      method: 'PUT',
      path: '/wiki/api/v2/pages/42',
      template: '/wiki/api/v2/pages/{}',
      body: '{"title":"ü"}',
      redirect: 'manual',
      principal: { kind: 'app' },
    });
    expect(terminal.calls[0]?.headers['x-custom']).toBe('a');
  });

  test('attaches the app credential to asApp, and none to the bare call', async () => {
    const { api, terminal } = clientOver(new Response());
    await api.asApp().requestConfluence(page);
    await api.requestConfluence(page);
    await api.requestConfluence(page, { headers: { authorization: 'Basic own' } });
    expect(terminal.outgoing.map(({ authorization }) => authorization)).toEqual([
      'Bearer app-credential',
      undefined,
      'Basic own',
    ]);
    expect(terminal.outgoing.every(({ url }) => url.href.startsWith(SITE_URL))).toBe(true);
  });

  test.each(['authorization', 'Cookie', 'Host', 'Proxy-Authorization', 'Content-Length'])(
    'refuses %s from the caller of asApp, as a rejection, without its value',
    async (name) => {
      const { api, terminal } = clientOver(new Response());
      const error = await api
        .asApp()
        .requestConfluence(page, { headers: { [name]: 'canary-value' } })
        .catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(RequestError);
      expect(inspect(error) + JSON.stringify(error)).not.toContain('canary-value');
      expect(terminal.calls).toHaveLength(0);
    },
  );

  test('sets a deadline of 30 s, which a call may change or drop', async () => {
    const { api, terminal } = clientOver(new Response());
    const start = performance.now();
    await api.asApp().requestConfluence(page);
    await api.asApp().requestConfluence(page, { timeout: 50 });
    await api.asApp().requestConfluence(page, { timeout: false });
    const [byDefault, shorter, none] = terminal.calls.map((call) => call.deadline);
    expect(byDefault).toBeGreaterThanOrEqual(start + 30_000);
    expect(shorter).toBeLessThan(start + 30_000);
    expect(none).toBeUndefined();
  });

  test('a route without its leading slash means the same', async () => {
    const { api, terminal } = clientOver(new Response());
    await api.asApp().requestConfluence(route`wiki/api/v2/pages`);
    expect(terminal.calls[0]?.path).toBe('/wiki/api/v2/pages');
  });

  test('a trusted route shows as {trusted}', async () => {
    const { api, terminal } = clientOver(new Response());
    await api.asApp().requestConfluence(assumeTrustedRoute('/wiki/api/v2/pages?cursor=abc'));
    expect(terminal.calls[0]?.template).toBe('{trusted}');
  });

  test('a trusted route that climbs out of the site is refused before the wire', async () => {
    const { api, terminal } = clientOver(new Response(), {
      app: {
        kind: 'gateway',
        endpoint: () =>
          'https://api.atlassian.com/ex/confluence/11111111-1111-4111-8111-111111111111/',
        credential: () => undefined,
      },
    });
    await expect(
      api.asApp().requestConfluence(assumeTrustedRoute('/wiki/%2e%2e/%2e%2e/other')),
    ).rejects.toMatchObject({ code: 'OUT_OF_BASE' });
    expect(terminal.calls).toHaveLength(0);
  });

  test('asApp without a configured app names the setting', async () => {
    const { api } = clientOver(new Response(), { app: undefined as never });
    await expect(api.asApp().requestConfluence(page)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      field: 'app',
    });
  });

  test('goes to the site that the invocation names', async () => {
    const { api, terminal } = clientOver(new Response());
    const site = cloud('https://other.atlassian.net');
    const invocation = createInvocation({ surface: 'background', site });
    await runInInvocation(invocation, () => api.asApp().requestConfluence(page)).catch(() => {});
    await runInInvocation(invocation, () => api.requestConfluence(page));
    await api.requestConfluence(page);
    expect(terminal.outgoing.map(({ url }) => url.host)).toEqual([
      'other.atlassian.net',
      'example.atlassian.net',
    ]);
  });

  test('an aborted signal rejects with its reason', async () => {
    const { api } = clientOver(new Response());
    const reason = new Error('enough');
    await expect(
      api.asApp().requestConfluence(page, { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);
  });

  test('the declared dependencies hold the one copy of route', () => {
    const manifest = JSON.parse(
      readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
    ) as { dependencies: Record<string, string> };
    expect(manifest.dependencies).toHaveProperty('@tributary/route');
  });
});

test('PrincipalError is what asUser() outside of an invocation throws', () => {
  const { api } = clientOver(new Response());
  expect(() => api.asUser()).toThrow(PrincipalError);
});
