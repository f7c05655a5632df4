import { createTributary } from '@tributary/api';
import { cloud } from '@tributary/auth-providers';
import { Secret } from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { describe, expect, test } from 'vitest';
import * as dropIn from '../../src/drop-in/index.js';
import { type ExternalAuthOptions, type InstallOptions, useTributary } from '../../src/index.js';
import { forgeApi } from '../support/forge-api.js';
import { installed, recorderOfFile } from '../support/installed.js';

const { default: api, invokeRemote, invokeService, route } = forgeApi;

const server = await recorderOfFile();
const tributary = createTributary({ site: cloud(server.url) });
const { begin, dispose } = installed(tributary);

describe.each([
  ['invokeRemote', invokeRemote, 'remotes', 'INVALID_REMOTE_ERR'],
  ['invokeService', invokeService, 'services', 'INVALID_CONTAINER_SERVICE_ERR'],
] as const)('%s', (_, invoke, option, unknown) => {
  const table = () => ({
    [option]: {
      backend: {
        url: `${server.url}/base`,
        headers: (invocation: { id: string } | undefined) => ({
          authorization: `Bearer of ${invocation?.id ?? 'nobody'}`,
          'x-env': 'local',
        }),
      },
    },
  });

  test('goes where the option says, with its headers', async () => {
    begin(table());
    const invocation = createInvocation({ surface: 'background' });
    server.reply({ body: '{"ok":true}' });
    const response = await runInInvocation(invocation, () =>
      invoke('backend', {
        path: '/tasks?all=1',
        method: 'POST',
        headers: { 'X-Env': 'mine', 'content-type': 'application/json' },
        body: '{"a":1}',
      }),
    );
    expect(await response.json()).toEqual({ ok: true });
    const { method, url, headers, body } = server.only();
    expect([method, url, String(body)]).toEqual(['POST', '/base/tasks?all=1', '{"a":1}']);
    expect(headers).toMatchObject({
      authorization: `Bearer of ${invocation.id}`,
      'x-env': 'mine',
      'x-b3-traceid': expect.stringMatching(/^[\da-f]{32}$/),
      'x-b3-spanid': expect.stringMatching(/^[\da-f]{16}$/),
    });
  });

  test('a key that is not there is Forge’s error, also one of every object’s', async () => {
    begin(table());
    for (const key of ['other', 'toString', '__proto__']) {
      await expect(invoke(key, { path: '/x' })).rejects.toMatchObject({
        name: unknown,
        status: 400,
      });
    }
  });

  test('without the option its error names it', async () => {
    begin();
    await expect(invoke('backend', { path: '/x' })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      field: option,
    });
  });

  test('stays below its base, and follows no redirect', async () => {
    begin(table());
    for (const path of ['/../x', '/%2e%2e/x', '//evil.example', '/a/..%2f..%2fx']) {
      await expect(invoke('backend', { path })).rejects.toThrow(/^Disallowing path manipulation/);
    }
    expect(server.arrived).toEqual([]);
    server.reply({ status: 302, headers: { location: 'https://evil.example/' } });
    expect((await invoke('backend', { path: '/x' })).status).toBe(302);
  });
});

describe('withProvider', () => {
  const drive = (changes: Partial<ExternalAuthOptions> = {}): InstallOptions => ({
    externalAuth: {
      drive: {
        remotes: { files: `${server.url}/files`, users: `${server.url}/users` },
        accounts: (invocation) =>
          invocation?.user === undefined
            ? []
            : [
                {
                  id: 'outbound',
                  externalAccountId: `drive-${invocation.user.id}`,
                  displayName: 'Ann',
                  scopes: ['read'],
                },
              ],
        authorization: ({ accountId, remote, invocation }) =>
          new Secret(`Bearer ${accountId} ${remote} ${invocation?.user?.id}`),
        ...changes,
      },
    },
  });
  const asAnn = <T>(work: () => T) =>
    runInInvocation(createInvocation({ surface: 'web', user: { id: 'ann' } }), work);

  test('calls the third party with a token of the user’s', async () => {
    begin(drive());
    await asAnn(async () => {
      const provider = api.asUser().withProvider('drive');
      expect(await provider.hasCredentials(['read'])).toBe(true);
      expect(await provider.hasCredentials(['write'])).toBe(false);
      expect(await provider.listAccounts()).toMatchObject([{ id: 'drive-ann', scopes: ['read'] }]);
      await provider.fetch('/list?all=1', { headers: { Authorization: 'Bearer mine', a: 'b' } });
      const { url, headers } = server.only();
      expect(url).toBe('/files/list?all=1');
      expect(headers).toMatchObject({ authorization: 'Bearer outbound files ann', a: 'b' });
      await api.asUser().withProvider('drive', 'users').asAccount('drive-ann').fetch(route`/me`);
      expect(server.only().url).toBe('/users/me');
    });
  });

  test('needs an account, and a token', async () => {
    begin(drive({ authorization: () => undefined }));
    expect(() => api.asUser().withProvider('drive').fetch('/x')).toThrow(
      /no credentials previously requested/,
    );
    await asAnn(async () => {
      const fetched = api.asUser().withProvider('drive').fetch('/x');
      await expect(fetched).rejects.toBeInstanceOf(forgeApi.NeedsAuthenticationError);
    });
    expect(server.arrived).toEqual([]);
  });

  test('an unknown provider is said by the drop-in in the words of Forge, with what is there', () => {
    const end = useTributary(tributary, drive());
    try {
      expect(() => dropIn.asUser().withProvider('box')).toThrow(
        /^Bad provider or missing config for provider box\. .*externalAuth \(there: drive\)\.$/,
      );
    } finally {
      end();
    }
  });

  test('an unknown provider or remote names the option', async () => {
    begin();
    expect(() => api.asUser().withProvider('drive')).toThrow(
      /^Bad provider or missing config for provider.*externalAuth/,
    );
    dispose();
    begin(drive());
    await asAnn(async () => {
      const fetched = api.asUser().withProvider('drive', 'nowhere').fetch('/x');
      await expect(fetched).rejects.toMatchObject({ field: 'externalAuth.drive' });
      await expect(api.asUser().withProvider('drive').fetch('/../x')).rejects.toThrow(
        /^Disallowing/,
      );
    });
  });
});

describe('Forge’s own services', () => {
  const call = (type: string) =>
    (
      globalThis as unknown as { __forge_fetch__: (...call: unknown[]) => Promise<Response> }
    ).__forge_fetch__({ type }, '/x', { method: 'POST' });

  test.each([
    ['emails', /^sendEmail is not available outside Forge/],
    ['kvs', /^@forge\/kvs is not available/],
    ['sql', /^@forge\/sql is not available/],
    ['os', /object-store/],
    ['feature-flags', /featureFlags/],
    ['llm', /^The platform's llm is not available/],
    ['toString', /^The platform's toString is not available/],
  ])('%s is an error that names the option', async (type, message) => {
    begin();
    await expect(call(type)).rejects.toMatchObject({
      code: 'FORGE_UNSUPPORTED',
      message: expect.stringMatching(message),
    });
    await expect(call(type)).rejects.toThrow(`capabilities: { '${type}'`);
  });

  test('one that is given answers', async () => {
    begin({ capabilities: { kvs: async (meta, path) => Response.json([meta, path]) } });
    expect(await (await call('kvs')).json()).toEqual([{ type: 'kvs' }, '/x']);
  });

  test('a remote of Forge’s that there is none of outside', async () => {
    begin();
    const fetchIt = forgeApi.__fetchProduct({ provider: 'app', remote: 'os', type: 'fpp' });
    await expect(fetchIt('/x')).rejects.toMatchObject({
      name: 'PROXY_ERR',
      status: 400,
      errorCode: 'INVALID_REMOTE',
      message: 'Forge platform failed to process runtime HTTP request - 400 - INVALID_REMOTE',
    });
  });
});
