import { apiToken, cloud, oauth } from '@tributary/auth-providers';
import { runWithConsent } from '@tributary/consent';
import { terminalPrompt } from '@tributary/consent/terminal';
import type { Site } from '@tributary/pipeline';
import { type Sandbox, startSandbox, walkConsent } from '@tributary/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  AuthorizationCheckError,
  createTributary,
  ensureOk,
  route,
  type Tributary,
} from '../src/index.js';

const SCOPES = [
  'read:me',
  'read:confluence-user',
  'read:confluence-content.permission',
  'read:page:confluence',
];

let sandbox: Sandbox;
const clients: Tributary[] = [];

beforeAll(async () => {
  sandbox = await startSandbox();
});

afterAll(async () => {
  for (const client of clients) await client[Symbol.asyncDispose]();
  await sandbox.close();
});

const client = (given: { readonly site?: Site | undefined } = {}): Tributary => {
  const { admin } = sandbox.people;
  const tributary = createTributary({
    site: cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl }),
    ...given,
    app: apiToken({ email: admin.email, token: admin.apiToken }),
    user: oauth({
      clientId: sandbox.client.clientId,
      clientSecret: sandbox.client.clientSecret,
      redirectUri: sandbox.client.redirectUris[0] ?? '',
      scopes: SCOPES,
      authorizationServer: sandbox.authUrl,
      gateway: sandbox.gatewayUrl,
    }),
  });
  clients.push(tributary);
  return tributary;
};

const asPerson = <T>(person: 'editor' | 'reader', handler: (run: number) => Promise<T>) =>
  runWithConsent(({ run }) => handler(run), {
    prompt: terminalPrompt({
      open: walkConsent({ as: sandbox.people[person] }),
      output: { write() {} },
    }),
    user: { id: person },
  });

describe('against the sandbox, over HTTP', () => {
  test('asApp pages through what the app may see', async () => {
    const { api } = client();
    const response = await ensureOk(
      api.asApp().requestConfluence<{ results: unknown[] }>(route`/wiki/api/v2/pages?limit=${250}`),
    );
    expect((await response.json()).results).toHaveLength(200);
  });

  test('an uncaught 401 asks for consent, and the handler runs again', async () => {
    const { api } = client();
    const runs: number[] = [];
    const me = await asPerson('editor', async (run) => {
      runs.push(run);
      const response = await ensureOk(
        api.asUser().requestConfluence(route`/wiki/rest/api/user/current`),
      );
      return response.json();
    });
    expect(runs).toEqual([1, 2]);
    expect(me.accountId).toBe(sandbox.people.editor.accountId);
  });

  test('authorize() answers for the invoking user', async () => {
    const { api, authorize } = client();
    const pages = await ensureOk(
      api.asApp().requestConfluence(route`/wiki/api/v2/pages?limit=${250}`),
    );
    const { results } = (await pages.json()) as { results: { id: string }[] };
    const mayUpdate = async (person: 'editor' | 'reader') => {
      const found: boolean[] = [];
      await asPerson(person, async () => {
        found.length = 0;
        for (const { id } of results.slice(0, 12)) {
          const checks = authorize().onConfluenceContent(id);
          if (await checks.canRead()) found.push(await checks.canUpdate());
        }
      });
      return found;
    };
    expect(await mayUpdate('reader')).not.toContain(true);
    expect(await mayUpdate('editor')).toContain(true);
  });

  test('without a site, the user’s calls go to the one that they let the app into', async () => {
    const { api, authorize, verify } = client({ site: undefined });
    await asPerson('editor', async () => {
      const pages = await ensureOk(
        api.asUser().requestConfluence(route`/wiki/api/v2/pages?limit=1`),
      );
      const { results } = await pages.json();
      expect(await authorize().onConfluenceContent(results[0].id).canRead()).toBe(true);
      expect(await verify({ as: 'user' })).toMatchObject({
        accountId: sandbox.people.editor.accountId,
        site: `${sandbox.siteUrl}/`,
      });
      const refused = { code: 'CONFIG_INVALID', field: 'site' };
      const spaces = route`/wiki/api/v2/spaces`;
      await expect(api.asApp().requestConfluence(spaces)).rejects.toMatchObject(refused);
      await expect(api.requestConfluence(spaces)).rejects.toMatchObject(refused);
    });
  });

  test.each([
    ['a 404', { status: 404, body: '{}' }],
    ['a 200 that says nothing', { status: 200, body: '{"errors":[]}' }],
    ['a 200 that is no JSON', { status: 200, body: '<html>' }],
    ['a 500', { status: 500, body: '' }],
    ['a 403 that says no', { status: 403, body: '{"hasPermission":false}' }],
  ])('authorize() takes %s for neither yes nor no', async (_, answer) => {
    const { api, authorize } = client();
    const space = route`/wiki/api/v2/spaces/${65538}/pages?limit=${1}`;
    const { results } = await (await api.asApp().requestConfluence(space)).json();
    await asPerson('editor', async () => {
      const checks = authorize().onConfluenceContent(results[0].id);
      expect(await checks.canRead()).toBe(true);
      sandbox.failNext({ pathIncludes: '/permission/check', ...answer });
      await expect(checks.canRead()).rejects.toBeInstanceOf(AuthorizationCheckError);
    });
  });
});
