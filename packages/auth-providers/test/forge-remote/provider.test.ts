import { inspect } from 'node:util';
import {
  type AuthProviders,
  createPipeline,
  noRetry,
  PrincipalError,
  type ProviderServices,
  type ServiceFetchInit,
} from '@tributary/pipeline';
import { runInInvocation } from '@tributary/pipeline/invocation';
import { authProviderConformance, fakeTerminal, makeCall } from '@tributary/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ForgeRemote, RemoteInvocation } from '../../src/forge-remote/index.js';
import { anonymous, authenticate, resolveProviders } from '../../src/index.js';
import { makeServices } from '../services.js';
import { backendClaims, type Issuer, openIssuer, openRemote, tenant } from './issuer.js';

let issuer: Issuer;
beforeAll(async () => {
  issuer = await openIssuer();
});
afterAll(() => issuer[Symbol.asyncDispose]());

const A = tenant('a');
const B = tenant('b');
const USER = { kind: 'user' } as const;

/** A JWT as Atlassian's OAuth tokens happen to be. */
const jwtEnding = (seconds: number): string =>
  `e30.${Buffer.from(JSON.stringify({ exp: seconds })).toString('base64url')}.c2ln`;

const openChain = (remote: ForgeRemote, services: ProviderServices = makeServices()) => {
  const terminal = fakeTerminal(() => new Response('{}'));
  const providers: AuthProviders = {
    app: remote.app(services),
    user: remote.user(services),
    none: anonymous()(services),
  };
  const pipeline = createPipeline({
    resolve: resolveProviders(providers),
    retry: noRetry,
    auth: authenticate(),
    transport: terminal,
  });
  const send = (invocation: RemoteInvocation, overrides: Parameters<typeof makeCall>[0] = {}) =>
    pipeline.send(makeCall({ site: invocation.site, invocation, ...overrides }));
  return { terminal, send };
};

test('an invocation is what its token says', async () => {
  const { verify, claims } = openRemote(issuer);
  const invocation = await verify(issuer.sign(claims()));
  expect(invocation).toMatchObject({
    surface: 'forge',
    interactive: true,
    run: 1,
    user: { id: A.accountId, accountId: A.accountId },
    installationId: A.installationId,
    site: {
      deployment: 'cloud',
      url: 'https://a.atlassian.net/',
      gateway: 'https://api.atlassian.com/',
      cloudId: A.cloudId,
    },
    remote: {
      appVersion: '16.0.1',
      environment: { type: 'PRODUCTION' },
      module: { type: 'xen:macro', key: 'a-macro' },
      installationContexts: [{ name: 'confluence', cloudId: A.cloudId }],
      accountId: A.accountId,
      context: { extension: { content: { id: '42' } } },
    },
  });
  expect(Object.isFrozen(invocation)).toBe(true);
});

test('a trigger has no user, whatever its headers say, and asks nobody', async () => {
  const { verify, clock, remote } = openRemote(issuer);
  const invocation = await verify(issuer.sign(backendClaims(clock)), {
    'x-forge-oauth-system': 'system',
    'x-forge-oauth-user': 'somebody',
  });
  expect(invocation.user).toBeUndefined();
  expect(invocation.interactive).toBe(false);
  expect(invocation.site).toMatchObject({ url: `${A.apiBaseUrl}/`, cloudId: A.cloudId });
  const { terminal, send } = openChain(remote);
  await expect(send(invocation, { principal: USER })).rejects.toBeInstanceOf(PrincipalError);
  await send(invocation);
  expect(terminal.outgoing.map(({ authorization }) => authorization)).toEqual(['Bearer system']);
});

test('each principal has its own token, at the API that the token names', async () => {
  const { verify, claims, remote } = openRemote(issuer);
  const invocation = await verify(issuer.sign(claims()), {
    'x-forge-oauth-system': 'system',
    'x-forge-oauth-user': 'user',
  });
  const { terminal, send } = openChain(remote);
  await send(invocation);
  await send(invocation, { principal: USER });
  await send(invocation, { principal: { kind: 'user', accountId: A.accountId } });
  await send(invocation, { principal: { kind: 'none' } });
  expect(terminal.outgoing.map(({ url, authorization }) => [url.href, authorization])).toEqual([
    [`${A.apiBaseUrl}/wiki/api/v2/pages/42`, 'Bearer system'],
    [`${A.apiBaseUrl}/wiki/api/v2/pages/42`, 'Bearer user'],
    [`${A.apiBaseUrl}/wiki/api/v2/pages/42`, 'Bearer user'],
    ['https://a.atlassian.net/wiki/api/v2/pages/42', undefined],
  ]);
});

test('without its token a principal is refused, and never falls back to the other', async () => {
  const { verify, claims, remote } = openRemote(issuer);
  const { terminal, send } = openChain(remote);
  const onlyUser = await verify(issuer.sign(claims()), { 'x-forge-oauth-user': 'user' });
  const onlySystem = await verify(issuer.sign(claims()), { 'x-forge-oauth-system': 'system' });
  await expect(send(onlyUser)).rejects.toThrow(/appSystemToken/);
  await expect(send(onlySystem, { principal: USER })).rejects.toThrow(/appUserToken/);
  const other = { kind: 'user', accountId: B.accountId } as const;
  await expect(send(onlyUser, { principal: other })).rejects.toBeInstanceOf(PrincipalError);
  expect(terminal.calls).toHaveLength(0);
});

test("installation A's token with B's ids in body and headers is A's", async () => {
  const { claims, remote } = openRemote(issuer);
  const request = new Request(`https://remote.example/?cloudId=${B.cloudId}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${issuer.sign(claims(A))}`,
      'x-forge-oauth-system': 'system-a',
      'x-forge-cloud-id': B.cloudId,
      'x-forge-installation-id': B.installationId,
      'x-forge-account-id': B.accountId,
      'x-forge-api-base-url': B.apiBaseUrl,
      'x-forwarded-host': 'b.atlassian.net',
    },
    body: JSON.stringify({ app: { apiBaseUrl: B.apiBaseUrl }, context: B, principal: B.accountId }),
  });
  const invocation = await remote.verifyInvocation(request);
  expect(JSON.stringify(invocation)).not.toContain('bbbbbbbb');
  expect(request.bodyUsed).toBe(false);
  const { terminal, send } = openChain(remote);
  await send(invocation);
  expect(terminal.outgoing[0]?.url.href).toContain(A.apiBaseUrl);
});

test('only the very invocation that was verified has credentials', async () => {
  const { verify, claims, remote } = openRemote(issuer);
  const stranger = openRemote(issuer);
  const headers = { 'x-forge-oauth-system': 'system' };
  const { terminal, send } = openChain(remote);
  const invocation = await verify(issuer.sign(claims()), headers);
  for (const other of [{ ...invocation }, await stranger.verify(issuer.sign(claims()), headers)]) {
    await expect(send(other)).rejects.toMatchObject({ code: 'PRINCIPAL_UNAVAILABLE' });
  }
  expect(terminal.calls).toHaveLength(0);
});

test('an app in two products has the API of each', async () => {
  const { verify, claims, remote } = openRemote(issuer);
  const right = claims();
  const jira = A.apiBaseUrl.replace('confluence', 'jira');
  const contexts = [
    { name: 'jira', apiBaseUrl: jira },
    { name: 'confluence', apiBaseUrl: A.apiBaseUrl },
  ];
  const inJira = { ...right.app, apiBaseUrl: jira };
  const both = { ...inJira, installation: { contexts } };
  const { terminal, send } = openChain(remote);
  const headers = { 'x-forge-oauth-system': 'system' };
  await send(await verify(issuer.sign({ ...right, app: both }), headers));
  expect(terminal.outgoing[0]?.url.href).toContain(A.apiBaseUrl);
  const graph = await verify(issuer.sign({ ...right, app: both }), headers);
  await send(graph, { product: 'graph', path: '/graphql', template: '/graphql' });
  expect(terminal.outgoing[1]?.url.href).toBe(new URL('/graphql', A.apiBaseUrl).href);
  const only = { ...inJira, installation: { contexts: contexts.slice(0, 1) } };
  const jiraOnly = await verify(issuer.sign({ ...right, app: only }), headers);
  await expect(send(jiraOnly)).rejects.toThrow(/no API for confluence/);
});

test('the end of a token is known where it says so', async () => {
  const { verify, claims, remote, clock } = openRemote(issuer);
  const provider = remote.user(makeServices());
  const seconds = Math.floor(clock.now() / 1000) + 3600;
  const expiries = ['opaque', 'a.b.c', jwtEnding(seconds)].map(async (token) => {
    const invocation = await verify(issuer.sign(claims()), { 'x-forge-oauth-user': token });
    const call = makeCall({ invocation, principal: USER });
    const credential = await provider.credential({ ...call, provider, base: 'https://x/' });
    return credential?.expiresAt;
  });
  expect(await Promise.all(expiries)).toEqual([undefined, undefined, seconds * 1000]);
});

test('two installations never mix over 1,000 interleaved calls', async () => {
  const { verify, claims, remote } = openRemote(issuer);
  const { terminal, send } = openChain(remote);
  // Signed before: while it signs, this process hears nothing, and the keys are waited for only so long.
  const tokens = Array.from({ length: 1_000 }, (_, index) =>
    issuer.sign(claims(index % 2 === 0 ? A : B)),
  );
  const work = tokens.map(async (token, index) => {
    const letter = index % 2 === 0 ? 'a' : 'b';
    const invocation = await verify(token, {
      'x-forge-oauth-system': `system-${letter}-${index}`,
      'x-forge-oauth-user': `user-${letter}-${index}`,
    });
    await runInInvocation(invocation, () =>
      send(invocation, {
        path: `/wiki/${letter}/${index}`,
        ...(index % 4 < 2 && { principal: USER }),
      }),
    );
  });
  await Promise.all(work);
  expect(terminal.calls).toHaveLength(1_000);
  for (const { url, authorization } of terminal.outgoing) {
    const [, letter, index] = /\/wiki\/([ab])\/(\d+)$/.exec(url.pathname) ?? [];
    const kind = Number(index) % 4 < 2 ? 'user' : 'system';
    expect(authorization).toBe(`Bearer ${kind}-${letter}-${index}`);
    expect(url.pathname).toContain(letter === 'a' ? A.cloudId : B.cloudId);
  }
});

test('verify() tells whose the token is', async () => {
  const { verify, claims, remote } = openRemote(issuer);
  const asked: unknown[] = [];
  const fetch = async (url: string, init: ServiceFetchInit = {}) => {
    asked.push([url, new Headers(init.headers).get('authorization')]);
    return Response.json({ type: 'known', accountId: A.accountId, displayName: 'Ada' });
  };
  const invocation = await verify(issuer.sign(claims()), { 'x-forge-oauth-user': 'user' });
  const provider = remote.user(makeServices({ fetch: fetch as never }));
  const call = makeCall({ invocation, site: invocation.site, principal: USER });
  expect(await provider.verify?.(call)).toEqual({
    accountId: A.accountId,
    displayName: 'Ada',
    site: 'https://a.atlassian.net/',
  });
  expect(asked).toEqual([[`${A.apiBaseUrl}/wiki/rest/api/user/current`, 'Bearer user']]);
});

test('no token is shown by what a handler may log', async () => {
  const { verify, claims, remote, logger } = openRemote(issuer);
  const token = issuer.sign(claims());
  const invocation = await verify(token, {
    'x-forge-oauth-system': 'canary-system',
    'x-forge-oauth-user': 'canary-user',
  });
  const provider = remote.app(makeServices());
  const credential = await provider.credential({
    ...makeCall({ invocation }),
    provider,
    base: 'https://x/',
  });
  const shown = [invocation, remote, provider, credential, logger.entries].map(
    (value) => inspect(value, { depth: 12, showHidden: true }) + JSON.stringify(value),
  );
  for (const text of shown) {
    expect(text).not.toContain('canary');
    expect(text).not.toContain(token.split('.')[2]);
  }
});

describe('conformance', () => {
  test.for(['app', 'user'] as const)('%s', async (which) => {
    const { verify, claims, remote } = openRemote(issuer);
    const caller = async (of: typeof A, name: string) => {
      const invocation = await verify(issuer.sign(claims(of)), {
        'x-forge-oauth-system': `${name}-app`,
        'x-forge-oauth-user': `${name}-user`,
      });
      const principal = { kind: which };
      return {
        call: { invocation, site: invocation.site, principal },
        authorization: `Bearer ${name}-${which}`,
      };
    };
    const [a, b] = [await caller(A, 'canary-a'), await caller(B, 'canary-b')];
    const cases = authProviderConformance({
      create: remote[which],
      site: a.call.site,
      callers: [a, b],
    });
    for (const { run } of cases) await run();
  });
});
