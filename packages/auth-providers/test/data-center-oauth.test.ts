import { inspect } from 'node:util';
import { type ProviderServices, revealSecret } from '@tributary/pipeline';
import { createInvocation } from '@tributary/pipeline/invocation';
import { authProviderConformance, makeResolvedCall } from '@tributary/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  cloud,
  type DataCenterOAuthOptions,
  dataCenter,
  dataCenterOAuth,
  oauth,
} from '../src/index.js';
import { openChain, openSandbox, passTime } from './sandbox-chain.js';
import { makeServices } from './services.js';

const HOUR = 3_600_000;
const SITE = dataCenter('https://intranet.example.com/confluence');
const ISSUER = 'https://intranet.example.com/confluence';
const options: DataCenterOAuthOptions = {
  clientId: 'client',
  clientSecret: 'canary-secret',
  redirectUri: 'https://app.example/callback',
  scopes: ['WRITE'],
};

/** Without a grant, whether or not the site would answer strangers. */
const unasked = { code: 'NEEDS_AUTHENTICATION_ERR', status: 401, sent: 'no' };

/** A site's token endpoint, and who its tokens belong to. */
const fakeSite = () => {
  const forms: URLSearchParams[] = [];
  const owners = new Map<string, string>();
  const state = { user: (name: string): unknown => ({ username: name, userKey: `key-${name}` }) };
  const fetch: ProviderServices['fetch'] = async (url, init = {}) => {
    if (url === `${ISSUER}/rest/oauth2/latest/token`) {
      const form = new URLSearchParams(String(init.body));
      forms.push(form);
      const name = form.get('code') ?? owners.get(form.get('refresh_token') ?? '') ?? '';
      owners.set(`canary-access-${forms.length}`, name).set(`canary-refresh-${forms.length}`, name);
      return Response.json({
        access_token: `canary-access-${forms.length}`,
        refresh_token: `canary-refresh-${forms.length}`,
        token_type: 'bearer',
        expires_in: 3600,
        created_at: 1,
      });
    }
    if (url.includes('/.well-known/')) return new Response(null, { status: 404 });
    if (url !== `${ISSUER}/rest/api/user/current`) throw new Error(`Nobody answers at ${url}.`);
    const token = new Headers(init.headers).get('authorization')?.replace('Bearer ', '') ?? '';
    return Response.json(state.user(owners.get(token) ?? ''));
  };
  return { forms, fetch, state };
};

const open = (site = fakeSite(), overrides: Partial<DataCenterOAuthOptions> = {}) => {
  const services = makeServices({ fetch: site.fetch });
  const provider = dataCenterOAuth({ ...options, ...overrides })(services);
  const callOf = (id: string) =>
    makeResolvedCall({
      site: SITE,
      base: SITE.url,
      provider,
      principal: { kind: 'user' },
      invocation: createInvocation({ surface: 'web', user: { id } }),
    });
  const consent = async (id: string, name: string) => {
    const flow = provider.authorization?.(callOf(id));
    const pending = await flow?.start();
    if (flow === undefined || pending === undefined) throw new Error('nobody can be asked');
    const callback = new URLSearchParams({ code: name, state: pending.state });
    return { pending, ...(await flow.complete(pending, callback)) };
  };
  return { ...site, ...services, provider, callOf, consent };
};

test.each([
  ['no client id', 'clientId', { clientId: '' }],
  ['a secret with a line end', 'clientSecret', { clientSecret: 'canary\n' }],
  ['a redirect over http', 'redirectUri', { redirectUri: 'http://app.example/' }],
  ['no scopes', 'scopes', { scopes: [] }],
  ["Cloud's scopes", 'scopes', { scopes: ['read:page:confluence'] }],
  ['a scope of Cloud for refresh tokens', 'scopes', { scopes: ['READ', 'offline_access'] }],
  ['a life that is none', 'refreshTokenDays', { refreshTokenDays: 0 }],
  ['a listener that is none', 'onGrantExpiresSoon', { onGrantExpiresSoon: 'x' as never }],
])('%s is a config error', (_, field, wrong) => {
  const error = (() => {
    try {
      return dataCenterOAuth({ ...options, ...wrong });
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', field });
  expect(inspect(error)).not.toContain('canary');
});

test('each deployment is told which of the two to use', () => {
  const services = makeServices();
  const onCloud = () =>
    dataCenterOAuth(options)(services).checkSite?.(cloud('https://a.atlassian.net'));
  expect(onCloud).toThrow('oauth(');
  const config = { ...options, scopes: ['read:me'] };
  expect(() => oauth(config)(services).checkSite?.(SITE)).toThrow('dataCenterOAuth(');
});

test('asks at the site, with PKCE, and keeps the grant under it', async () => {
  const { consent, forms, grants, links, clock, logger } = open();
  const { pending, accountId } = await consent('u1', 'ada');
  const url = new URL(pending.url);
  expect(url.origin + url.pathname).toBe(`${ISSUER}/rest/oauth2/latest/authorize`);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: 'client',
    scope: 'WRITE',
    redirect_uri: options.redirectUri,
    state: pending.state,
    response_type: 'code',
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  });
  expect(Object.fromEntries(forms[0] ?? [])).toEqual({
    grant_type: 'authorization_code',
    client_id: 'client',
    client_secret: 'canary-secret',
    code: 'ada',
    redirect_uri: options.redirectUri,
    code_verifier: revealSecret(pending.codeVerifier),
  });
  expect(accountId).toBe('key-ada');
  const key = { issuer: ISSUER, clientId: 'client', accountId };
  expect(await grants.read(key)).toMatchObject({
    scopes: ['WRITE'],
    expiresAt: clock.now() + HOUR,
    sites: [],
  });
  expect(await links.read({ issuer: ISSUER, clientId: 'client', userId: 'u1' })).toBe('key-ada');
  expect(logger.entries).toEqual([]);
});

test('is used at the site, and renewed with the redirect URI', async () => {
  const { consent, provider, callOf, clock, forms } = open();
  expect(await provider.endpoint(callOf('u1'))).toBe(SITE.url);
  await expect(provider.credential(callOf('u1'))).rejects.toMatchObject(unasked);
  await consent('u1', 'ada');
  await clock.advance(HOUR);
  const all = Array.from({ length: 20 }, async () => provider.credential(callOf('u1')));
  const tokens = (await Promise.all(all)).map((it) => it && revealSecret(it.authorization));
  expect(new Set(tokens)).toEqual(new Set(['Bearer canary-access-2']));
  expect(Object.fromEntries(forms[1] ?? [])).toEqual({
    grant_type: 'refresh_token',
    client_id: 'client',
    client_secret: 'canary-secret',
    refresh_token: 'canary-refresh-1',
    redirect_uri: options.redirectUri,
  });
});

test('a site that names nobody stores nothing', async () => {
  const site = fakeSite();
  site.state.user = () => ({ type: 'anonymous' });
  const { consent, grants } = open(site);
  await expect(consent('u1', 'ada')).rejects.toMatchObject({ code: 'AUTHORIZATION_SERVER' });
  for await (const key of grants.list({})) throw new Error(`stored for ${key.accountId}`);
});

test('two sites of one client never mix', async () => {
  const { provider, consent, callOf } = open();
  await consent('u1', 'ada');
  const elsewhere = dataCenter('https://intranet.example.com/other');
  const call = { ...callOf('u1'), site: elsewhere, base: elsewhere.url };
  await expect(provider.credential(call)).rejects.toMatchObject(unasked);
});

describe('conformance', () => {
  const call = (id: string) => open().callOf(id);
  const cases = authProviderConformance({
    site: SITE,
    callers: [
      { call: call('u-ada'), authorization: 'Bearer canary-access-1' },
      { call: call('u-eve'), authorization: 'Bearer canary-access-2' },
    ],
    async create(services) {
      const provider = dataCenterOAuth(options)({ ...services, fetch: fakeSite().fetch });
      for (const name of ['ada', 'eve']) {
        const flow = provider.authorization?.(call(`u-${name}`));
        const pending = await flow?.start();
        if (pending === undefined) throw new Error('nobody can be asked');
        await flow?.complete(pending, new URLSearchParams({ code: name, state: pending.state }));
      }
      return provider;
    },
  });
  for (const { name, run } of cases) test(name, run);
});

describe('over HTTP', () => {
  let opened: Awaited<ReturnType<typeof openSandbox>>;
  beforeAll(async () => {
    opened = await openSandbox();
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  test('a person grants, is acted for, renewed once for all, and asked again when it is over', async () => {
    const { sandbox, redirectUri, consent } = opened;
    const { url, client } = sandbox.dataCenter;
    const { clientId, clientSecret } = client;
    const site = dataCenter(url);
    const user = dataCenterOAuth({ clientId, clientSecret, redirectUri, scopes: ['READ'] });
    const chain = openChain(sandbox, redirectUri, { user });
    const { userKey, email } = sandbox.people.reader;
    await expect(chain.asUser('u1', { site })).rejects.toMatchObject(unasked);
    const granted = await consent(await chain.flow('u1', { site }), email);
    expect(granted).toEqual({ accountId: userKey });

    passTime(31_000);
    sandbox.expireAccessTokens();
    const before = sandbox.refreshes;
    const all = await Promise.all(Array.from({ length: 30 }, () => chain.asUser('u1', { site })));
    for (const response of all) {
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ userKey });
    }
    expect(sandbox.refreshes - before).toBe(1);

    passTime(31_000);
    sandbox.revokeGrants();
    await expect(chain.asUser('u1', { site })).rejects.toMatchObject({
      ...unasked,
      sent: 'yes',
    });
  });
});
