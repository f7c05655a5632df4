import { generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forgeRemote, offlineUser } from '@tributary/auth-providers/forge-remote';
import { inForge, isInForge } from '@tributary/auth-providers/in-forge';
import { runInInvocation } from '@tributary/pipeline/invocation';
import { afterEach, expect, test } from 'vitest';
import { createTributary, route } from '../src/index.js';
import { clientOver } from './chain.js';

const APP_ID = '77334c21-3dd0-474f-a53f-28b4eeee5a71';
const CLOUD_ID = '4c822e2f-510f-48b9-b8d2-8419d0932949';
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const spaces = route`/wiki/api/v2/spaces`;

const openKeys = async () => {
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'k' }];
  const server = createServer((_, response) => response.end(JSON.stringify({ keys })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    jwksUrl: `http://127.0.0.1:${port}/jwks.json`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const tokenFor = (principal: string | undefined): string => {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'forge/invocation-token',
    aud: `ari:cloud:ecosystem::app/${APP_ID}`,
    iat: now,
    exp: now + 25,
    ...(principal && { principal, context: { cloudId: CLOUD_ID } }),
    app: {
      id: `ari:cloud:ecosystem::app/${APP_ID}`,
      installationId: 'ari:cloud:ecosystem::installation/1',
      apiBaseUrl: `https://api.atlassian.com/ex/confluence/${CLOUD_ID}`,
      environment: { type: 'PRODUCTION' },
    },
  };
  const input = [{ alg: 'RS256', kid: 'k' }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `${input}.${sign('RSA-SHA256', Buffer.from(input), privateKey).toString('base64url')}`;
};

const requestFrom = (principal?: string) =>
  new Request('https://remote.example/', {
    headers: {
      authorization: `Bearer ${tokenFor(principal)}`,
      'x-forge-oauth-system': 'system',
      'x-forge-oauth-user': 'user',
    },
  });

test('a Forge Remote needs no site of its own, and gets its keys by the client', async () => {
  await using keys = await openKeys();
  const remote = forgeRemote({ appIds: [APP_ID], jwksUrl: keys.jwksUrl });
  const { app, user } = remote;
  const { api, terminal } = clientOver(new Response(), { site: undefined, app, user });
  const invocation = await remote.verifyInvocation(requestFrom('ada'));
  await runInInvocation(invocation, async () => {
    await api.asApp().requestConfluence(spaces);
    await api.asUser().requestConfluence(spaces);
    await api.asUser('ada').requestConfluence(spaces);
    expect(() => api.asUser('bob')).toThrow(/may impersonate/);
  });
  const url = `https://api.atlassian.com/ex/confluence/${CLOUD_ID}/wiki/api/v2/spaces`;
  expect(terminal.outgoing.map((sent) => [sent.url.href, sent.authorization])).toEqual([
    [url, 'Bearer system'],
    [url, 'Bearer user'],
    [url, 'Bearer user'],
  ]);
});

test('offlineUser acts for somebody who is not there, in a trigger that nobody invoked', async () => {
  await using keys = await openKeys();
  const remote = forgeRemote({ appIds: [APP_ID], jwksUrl: keys.jwksUrl });
  const user = offlineUser(remote, { graphqlUrl: keys.jwksUrl });
  const { api, terminal } = clientOver(new Response(), { site: undefined, app: remote.app, user });
  const invocation = await remote.verifyInvocation(requestFrom());
  await runInInvocation(invocation, async () => {
    expect(() => api.asUser()).toThrow(/asUser\(\)/);
    // The key server is no GraphQL gateway.
    await expect(api.asUser('bob').requestConfluence(spaces)).rejects.toMatchObject({
      code: 'OFFLINE_USER_REFUSED',
    });
  });
  expect(terminal.calls).toHaveLength(0);
});

const globals = globalThis as Record<string, unknown>;
afterEach(() => {
  delete globals.__forge_fetch__;
  delete globals.__forge_runtime__;
});

test('inside Forge the same code passes to the platform, which knows who is invoking', async () => {
  const sent: unknown[] = [];
  globals.__forge_fetch__ = async (meta: unknown, path: string, init: RequestInit) => {
    sent.push([meta, path, init.body]);
    return Response.json({ hasPermission: true });
  };
  globals.__forge_runtime__ = { aaid: 'ada' };
  expect(isInForge()).toBe(true);
  await using tributary = createTributary(inForge());
  await tributary.asApp().requestConfluence(spaces);
  await tributary.asUser().requestConfluence(spaces);
  await tributary.asUser('bob').requestConfluence(spaces);
  await tributary.requestConfluence(spaces);
  expect(await tributary.authorize().onConfluenceContent(7).canRead()).toBe(true);
  const meta = (provider: string, accountId?: string) => ({
    type: 'fpp',
    provider,
    remote: 'confluence',
    accountId,
  });
  const path = '/wiki/api/v2/spaces';
  expect(sent).toStrictEqual([
    [meta('app'), path, undefined],
    [meta('user'), path, undefined],
    [meta('user', 'bob'), path, undefined],
    [meta('none'), path, undefined],
    [
      meta('user'),
      '/wiki/rest/api/content/7/permission/check',
      JSON.stringify({ subject: { type: 'user', identifier: 'ada' }, operation: 'read' }),
    ],
  ]);
});
