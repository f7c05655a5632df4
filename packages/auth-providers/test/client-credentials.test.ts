import { inspect } from 'node:util';
import { type Call, type ProviderServices, revealSecret, Secret } from '@tributary/pipeline';
import { authProviderConformance, makeResolvedCall } from '@tributary/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type ClientCredentialsOptions,
  clientCredentials,
  cloud,
  dataCenter,
} from '../src/index.js';
import { openChain, openSandbox, passTime } from './sandbox-chain.js';
import { CLOUD_ID, makeServices, OTHER_ID } from './services.js';

const HOUR = 3_600_000;
const CLOUD = cloud('https://example.atlassian.net', { cloudId: CLOUD_ID });
const OTHER = cloud('https://other.atlassian.net', { cloudId: OTHER_ID });
const SERVER = dataCenter('https://intranet.example.com/confluence');
const client = { clientId: 'service', clientSecret: 'canary-secret' };
const unauthorized = () => new Response(null, { status: 401 });

type Answer = (form: URLSearchParams, signal?: AbortSignal) => Response | Promise<Response>;

/** Token endpoints of Cloud and of the Data Center site; each token is numbered. */
const tokenServers = () => {
  const asked: { readonly url: string; readonly form: URLSearchParams }[] = [];
  let issued = 0;
  const standard: Answer = () => {
    issued += 1;
    return Response.json({
      access_token: `token-${issued}`,
      token_type: 'Bearer',
      expires_in: 3600,
    });
  };
  const state = { answer: standard };
  const fetch: ProviderServices['fetch'] = async (url, init = {}) => {
    if (url.endsWith('/token')) {
      const form = new URLSearchParams(String(init.body));
      asked.push({ url, form });
      return state.answer(form, init.signal);
    }
    const authorization = new Headers(init.headers).get('authorization');
    if (!authorization?.startsWith('Bearer token-')) return unauthorized();
    if (url.endsWith('/wiki/rest/api/user/current')) return Response.json({ accountId: 'bot' });
    return Response.json({ username: 'bot', userKey: 'key-of-bot' });
  };
  return { asked, fetch, state, standard };
};

const open = (options: Partial<ClientCredentialsOptions> = {}, servers = tokenServers()) => {
  const services = makeServices({ fetch: servers.fetch });
  const provider = clientCredentials({ ...client, ...options })(services);
  const callOf = async (call: Partial<Call> = {}) => {
    const merged = { site: CLOUD, ...call };
    const base = await provider.endpoint(makeResolvedCall(merged));
    return makeResolvedCall({ ...merged, provider, base });
  };
  const token = async (call: Partial<Call> = {}) => {
    const credential = await provider.credential(await callOf(call));
    return credential && revealSecret(credential.authorization);
  };
  const renew = async (rejected: string, call: Partial<Call> = {}) => {
    const resolved = await callOf(call);
    const credential = { authorization: new Secret(rejected), base: resolved.base };
    const answer = await provider.renew?.(resolved, credential, unauthorized());
    return typeof answer === 'object' ? revealSecret(answer.authorization) : answer;
  };
  return { ...servers, ...services, provider, callOf, token, renew };
};

describe('options', () => {
  const errorOf = async (make: () => unknown): Promise<unknown> => {
    try {
      return await make();
    } catch (error) {
      return error;
    }
  };

  test.each([
    ['no client id', 'clientId', { clientId: undefined as unknown as string }],
    ['a quoted secret', 'clientSecret', { clientSecret: '"canary"' }],
    ['no scope in the list', 'scopes', { scopes: [] }],
    ['two scopes in one', 'scopes', { scopes: ['READ WRITE'] }],
    ['a server over http', 'authorizationServer', { authorizationServer: 'http://a.example' }],
  ])('with %s', async (_, field, wrong) => {
    const error = await errorOf(() => clientCredentials({ ...client, ...wrong }));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', field });
    expect(inspect(error)).not.toContain('canary');
  });

  test.each([
    ['scopes on Cloud', 'scopes', CLOUD, { scopes: ['READ'] }],
    ['no scopes on Data Center', 'scopes', SERVER, {}],
    [
      "Cloud's server on Data Center",
      'authorizationServer',
      SERVER,
      { scopes: ['READ'], authorizationServer: 'https://auth.atlassian.com' },
    ],
  ])('with %s, at the site and at each call', async (_, field, site, options) => {
    const { provider, asked } = open(options);
    expect(await errorOf(() => provider.checkSite?.(site))).toMatchObject({ field });
    const endpoint = () => provider.endpoint(makeResolvedCall({ site }));
    expect(await errorOf(endpoint)).toMatchObject({ field });
    expect(asked).toEqual([]);
  });
});

describe('what is asked', () => {
  test('on Cloud names no scope', async () => {
    const { token, asked, callOf } = open();
    expect(await token()).toBe('Bearer token-1');
    expect(asked[0]?.url).toBe('https://auth.atlassian.com/oauth/token');
    expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
      grant_type: 'client_credentials',
      client_id: 'service',
      client_secret: 'canary-secret',
    });
    expect((await callOf()).base).toBe(`https://api.atlassian.com/ex/confluence/${CLOUD_ID}/`);
  });

  test('on Data Center names scopes, at the site itself', async () => {
    const { token, asked, callOf } = open({ scopes: ['READ', 'WRITE'] });
    expect(await token({ site: SERVER })).toBe('Bearer token-1');
    const url = 'https://intranet.example.com/confluence/rest/oauth2/latest/token';
    expect(asked[0]?.url).toBe(url);
    expect(asked[0]?.form.get('scope')).toBe('READ WRITE');
    expect((await callOf({ site: SERVER })).base).toBe(SERVER.url);
  });
});

describe('a token', () => {
  test('is one for all callers of a site, and another for another site', async () => {
    const { token, asked } = open();
    const all = await Promise.all(Array.from({ length: 50 }, () => token()));
    expect(new Set(all)).toEqual(new Set(['Bearer token-1']));
    expect(await token({ site: OTHER })).toBe('Bearer token-2');
    expect(await token()).toBe('Bearer token-1');
    expect(asked).toHaveLength(2);
  });

  test('is there at once when it is there', async () => {
    const { provider, callOf, token } = open();
    await token();
    expect(provider.credential(await callOf())).not.toBeInstanceOf(Promise);
  });

  test('is renewed ahead of its end, while the old one serves', async () => {
    const { token, asked, clock } = open();
    await token();
    await clock.advance(HOUR - 60_000);
    const all = await Promise.all(Array.from({ length: 20 }, () => token()));
    expect(new Set(all)).toEqual(new Set(['Bearer token-1']));
    await clock.advance(0);
    expect(await token()).toBe('Bearer token-2');
    expect(asked).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  test('that has ended is replaced before use', async () => {
    const { token, clock } = open();
    await token();
    await clock.advance(HOUR);
    expect(await token()).toBe('Bearer token-2');
  });

  test('that is refused is renewed once for all, and not when it is 30 s young', async () => {
    const { token, renew, asked, clock } = open();
    await token();
    expect(await renew('Bearer token-1')).toBe('unchanged');
    await clock.advance(30_000);
    const all = await Promise.all(Array.from({ length: 20 }, () => renew('Bearer token-1')));
    expect(new Set(all)).toEqual(new Set(['Bearer token-2']));
    expect(await renew('Bearer token-1')).toBe('Bearer token-2');
    expect(await renew('Bearer token-2')).toBe('unchanged');
    expect(asked).toHaveLength(2);
  });

  test('tells whose it is', async () => {
    const { provider, callOf } = open();
    expect(await provider.account?.(await callOf())).toBe('bot');
    const other = open({ scopes: ['READ'] });
    const call = await other.callOf({ site: SERVER });
    expect(await other.provider.account?.(call)).toBe('key-of-bot');
  });

  test('is waited for by each caller on its own', async () => {
    const { provider, callOf, state, standard, clock, asked } = open();
    let answer = () => {};
    state.answer = async (form) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return standard(form);
    };
    const controller = new AbortController();
    const reason = new Error('gave up');
    const first = provider.credential(await callOf({ signal: controller.signal }));
    const patient = provider.credential(await callOf());
    const outcome = Promise.allSettled([first]);
    await clock.advance(0);
    controller.abort(reason);
    expect(await outcome).toMatchObject([{ reason }]);
    answer();
    expect(await patient).toMatchObject({ base: expect.any(String) });
    expect(asked).toHaveLength(1);
  });

  test('that does not come is given up after 30 s', async () => {
    const { token, state, clock } = open();
    state.answer = (_form, signal) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    const work = token().catch((error: unknown) => error);
    await clock.advance(30_000);
    expect(await work).toMatchObject({ code: 'GRANT_REFRESH_FAILED', retryable: true, sent: 'no' });
  });
});

describe('a refusal', () => {
  const json = (status: number, error: string) => () =>
    Response.json({ error, error_description: 'canary-secret is odd' }, { status });

  test.each([
    ['of the client', json(401, 'invalid_client'), { field: 'clientSecret' }, 1],
    [
      'of the client, in other words',
      json(403, 'unauthorized_client'),
      { field: 'clientSecret' },
      1,
    ],
    ['of the scope', json(400, 'invalid_scope'), { field: 'scopes' }, 1],
    ['of another kind', json(400, 'x'), { code: 'AUTHORIZATION_SERVER', retryable: false }, 1],
    ['for now', json(503, 'x'), { code: 'GRANT_REFRESH_FAILED', retryable: true }, 2],
    ['for too many', json(429, 'x'), { code: 'GRANT_REFRESH_FAILED', retryable: true }, 1],
    ['without sense', () => new Response('<html>'), { code: 'GRANT_REFRESH_FAILED' }, 2],
  ])('%s', async (_, answer, expected, times) => {
    const { token, state, asked, standard } = open();
    state.answer = answer;
    const error = await token().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject(expected);
    expect(`${inspect(error)}${JSON.stringify(error)}`).not.toContain('canary');
    expect(asked).toHaveLength(times);
    state.answer = standard;
    expect(await token()).toBe('Bearer token-1');
  });
});

describe('conformance', () => {
  const cases = authProviderConformance({
    site: CLOUD,
    callers: [{ authorization: 'Bearer token-1' }],
    create: (services) => clientCredentials(client)({ ...services, fetch: tokenServers().fetch }),
  });
  for (const { name, run } of cases) test(name, run);
});

describe('over HTTP', () => {
  let opened: Awaited<ReturnType<typeof openSandbox>>;
  beforeAll(async () => {
    opened = await openSandbox();
  });
  afterAll(() => opened[Symbol.asyncDispose]());

  const chainFor = (options: ClientCredentialsOptions) =>
    openChain(opened.sandbox, opened.redirectUri, { app: clientCredentials(options) });
  const read = async (response: Response) => {
    expect(response.status).toBe(200);
    return (await response.json()) as { accountId: string; userKey: string };
  };

  test('a service account of Cloud acts, and gets another token when its own ends', async () => {
    const { sandbox } = opened;
    const { clientId, clientSecret, accountId } = sandbox.serviceAccount;
    const options = { clientId, clientSecret, authorizationServer: sandbox.authUrl };
    const chain = chainFor(options);
    expect(await read(await chain.asApp())).toMatchObject({ accountId });
    passTime(31_000);
    sandbox.expireAccessTokens();
    const all = await Promise.all(Array.from({ length: 30 }, () => chain.asApp()));
    for (const response of all) expect(await read(response)).toMatchObject({ accountId });
    const tokens = sandbox.requests.filter(({ path }) => path === '/oauth/token');
    expect(tokens).toHaveLength(2);
  });

  test('a service account of Data Center acts at its site', async () => {
    const { url, serviceAccount } = opened.sandbox.dataCenter;
    const { clientId, clientSecret, userKey } = serviceAccount;
    const chain = chainFor({ clientId, clientSecret, scopes: ['READ'] });
    expect(await read(await chain.asApp({ site: dataCenter(url) }))).toMatchObject({ userKey });
  });

  test('a wrong secret is a setting to correct', async () => {
    const { clientId } = opened.sandbox.serviceAccount;
    const authorizationServer = opened.sandbox.authUrl;
    const chain = chainFor({ clientId, clientSecret: 'wrong', authorizationServer });
    await expect(chain.asApp()).rejects.toMatchObject({ field: 'clientSecret' });
  });
});
