import { inspect } from 'node:util';
import {
  type AuthProvider,
  type AuthProviderFactory,
  type Call,
  RedirectError,
  type ServiceFetch,
  type Site,
  systemClock,
  VerificationError,
} from '@tributary/pipeline';
import { createInvocation } from '@tributary/pipeline/invocation';
import { collectLogs, makeCall } from '@tributary/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  apiToken,
  bearer,
  clientCredentials,
  cloud,
  dataCenter,
  dataCenterOAuth,
  memoryAccountLinks,
  memoryGrants,
  oauth,
  personalAccessToken,
  singleUser,
} from '../../src/index.js';
import { openSandbox, siteOf } from '../sandbox-chain.js';
import { fakeFetch, makeServices } from '../services.js';
import { openDataCenter, VALID_TOKEN } from './data-center-server.js';

let opened: Awaited<ReturnType<typeof openSandbox>>;
let center: Awaited<ReturnType<typeof openDataCenter>>;
beforeAll(async () => {
  [opened, center] = await Promise.all([openSandbox(), openDataCenter()]);
});
afterAll(() => Promise.all([opened[Symbol.asyncDispose](), center[Symbol.asyncDispose]()]));
afterEach(() => {
  center.answer = center.usual;
  center.requests.length = 0;
  opened.sandbox.clearJournal();
});

const fetch: ServiceFetch = async (url, init) => {
  const response = await globalThis.fetch(url, { ...init, redirect: 'manual' });
  if (response.status < 300 || response.status > 399) return response;
  throw new RedirectError('a redirect', { attempts: 1, template: '/{}' });
};

const servicesOf = () => ({
  fetch,
  clock: systemClock,
  grants: memoryGrants(),
  links: memoryAccountLinks(),
  logger: collectLogs(),
});

const verify = async (
  factory: AuthProviderFactory | AuthProvider,
  site: Site,
  overrides: Partial<Call> = {},
) => {
  const provider = typeof factory === 'function' ? factory(servicesOf()) : factory;
  if (provider.verify === undefined) throw new Error('it can not verify');
  return provider.verify(makeCall({ site, ...overrides }));
};

const refusal = async (work: Promise<unknown>): Promise<VerificationError> => {
  const error = await work.then(
    () => new Error('It was accepted.'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof VerificationError)) throw error;
  expect(error.code).toBe('VERIFICATION_FAILED');
  return error;
};

describe('on Cloud, over HTTP', () => {
  const editor = () => opened.sandbox.people.editor;
  const site = () => siteOf(opened.sandbox);
  const identity = () => ({
    accountId: editor().accountId,
    displayName: editor().displayName,
    site: site().url,
  });

  test('a classic token, a scoped token, and singleUser of one', async () => {
    const { email, apiToken: token, scopedToken } = editor();
    const classic = apiToken({ email, token });
    expect(await verify(classic, site())).toEqual(identity());
    expect(await verify(singleUser(classic), site())).toEqual(identity());
    const scoped = apiToken({ email: email.toUpperCase(), token: scopedToken, scoped: true });
    expect(await verify(scoped, site())).toEqual(identity());
  });

  test('a token that is not valid, with the next step', async () => {
    const { email, apiToken: token, scopedToken } = editor();
    const bad = await refusal(verify(apiToken({ email, token: 'canary-token' }), site()));
    expect(bad).toMatchObject({
      status: 401,
      message: expect.stringContaining('id.atlassian.com'),
    });
    expect(`${inspect(bad, { depth: 9 })}${JSON.stringify(bad)}`).not.toContain('canary');
    const atSite = await refusal(verify(apiToken({ email, token: scopedToken }), site()));
    expect(atSite.message).toContain('scoped: true');
    const atGateway = apiToken({ email, token, scoped: true });
    expect((await refusal(verify(atGateway, site()))).message).toContain('leave out scoped: true');
  });

  test.each([
    ['its type', { body: { type: 'anonymous', displayName: 'Anonymous' } }],
    [
      'Seraph, whatever the body says',
      {
        headers: { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' },
        body: { type: 'known', accountId: 'x' },
      },
    ],
    ['X-AUSERNAME', { headers: { 'x-ausername': 'anonymous' }, body: { accountId: 'x' } }],
  ])('a 200 to nobody is told by %s', async (_, answer) => {
    const { email, apiToken: token } = editor();
    opened.sandbox.failNext({ pathIncludes: '/user/current', status: 200, ...answer });
    const error = await refusal(verify(apiToken({ email, token }), site()));
    expect(error).toMatchObject({ status: 200, message: expect.stringContaining('anonymous') });
  });

  test.each([
    ['another account', { accountId: 'other', email: 'canary@example.com' }, 'another account'],
    ['no account', { displayName: 'x' }, 'names no account'],
    ['a log-in page', '<html>canary</html>', 'names no account'],
  ])('a 200 that names %s', async (_, body, words) => {
    const { email, apiToken: token } = editor();
    opened.sandbox.failNext({ pathIncludes: '/user/current', status: 200, body });
    const error = await refusal(verify(apiToken({ email, token }), site()));
    expect(error.message).toContain(words);
    expect(inspect(error)).not.toContain('canary');
  });

  test('an outage is no verdict', async () => {
    const { email, apiToken: token } = editor();
    for (const status of [429, 500, 503]) {
      opened.sandbox.failNext({ pathIncludes: '/user/current', status });
      const work = verify(apiToken({ email, token }), site());
      await expect(work).rejects.toMatchObject({ code: 'NETWORK_FAILED', retryable: true });
    }
  });

  test('a redirect is not followed', async () => {
    const { email, apiToken: token } = editor();
    const headers = { location: `${center.origin}/login?canary` };
    opened.sandbox.failNext({ pathIncludes: '/user/current', status: 302, headers });
    const error = await refusal(verify(apiToken({ email, token }), site()));
    expect(error.message).toContain('redirect');
    expect(center.requests).toEqual([]);
  });

  test('nothing but the base sees the credential', async () => {
    const { email, scopedToken } = editor();
    const { sandbox } = opened;
    await verify(apiToken({ email, token: scopedToken, scoped: true }), site());
    const sent = sandbox.requests.filter(({ headers }) => headers.authorization !== undefined);
    const path = `/ex/confluence/${sandbox.cloudId}/wiki/rest/api/user/current`;
    expect(sent.map((request) => request.path)).toEqual([path]);
  });

  test('a bearer token: asked again after a 401, and none at all', async () => {
    const tokens = ['one', 'two'];
    const asked: string[] = [];
    const service: ServiceFetch = async (_, init) => {
      const { authorization } = (init?.headers ?? {}) as Record<string, string>;
      asked.push(authorization ?? '');
      return authorization === 'Bearer two'
        ? Response.json({ accountId: 'ada' })
        : new Response('', { status: 401 });
    };
    const services = { ...servicesOf(), fetch: service };
    const at = cloud('https://example.atlassian.net');
    const provider = bearer(async () => tokens.shift(), { base: 'site' })(services);
    expect(await verify(provider, at)).toMatchObject({ accountId: 'ada' });
    expect(asked).toEqual(['Bearer one', 'Bearer two']);
    const error = await refusal(
      verify(
        bearer(() => undefined, { base: 'site' }),
        at,
      ),
    );
    expect(error.message).toContain('no credential');
  });

  test('gives up with its caller', async () => {
    const never: ServiceFetch = () => new Promise(() => {});
    const services = { ...makeServices({ fetch: never }) };
    const provider = bearer('token', { base: 'site' })(services);
    const at = cloud('https://example.atlassian.net');
    const work = verify(provider, at, { deadline: services.clock.monotonic() + 10 });
    const late = expect(work).rejects.toMatchObject({ code: 'TIMEOUT' });
    await services.clock.advance(10);
    await late;
    const aborted = verify(provider, at, { signal: AbortSignal.abort(new Error('enough')) });
    await expect(aborted).rejects.toThrow('enough');
  });
});

describe('a user with a grant', () => {
  const provider = (scopes: readonly string[]) => {
    const { client, authUrl } = opened.sandbox;
    const services = servicesOf();
    const { clientId, clientSecret } = client;
    return oauth({
      clientId,
      clientSecret,
      redirectUri: opened.redirectUri,
      authorizationServer: authUrl,
      scopes,
    })(services);
  };
  const asUser = (): Partial<Call> => ({
    principal: { kind: 'user' },
    invocation: createInvocation({ surface: 'web', user: { id: 'u1' } }),
  });
  const grant = async (of: AuthProvider) => {
    const call = makeCall({ site: siteOf(opened.sandbox), ...asUser() });
    const flow = of.authorization?.(call);
    if (flow === undefined) throw new Error('nobody can be asked');
    await opened.consent(flow, opened.sandbox.people.editor.email);
  };

  test('is told to grant first, then named with the scopes of the grant', async () => {
    const users = provider(['read:me', 'read:page:confluence', 'read:confluence-user']);
    const site = siteOf(opened.sandbox);
    expect((await refusal(verify(users, site, asUser()))).message).toContain('grant access first');
    await grant(users);
    opened.sandbox.expireAccessTokens();
    const { accountId, displayName } = opened.sandbox.people.editor;
    const verified = await verify(users, site, asUser());
    expect(verified).toMatchObject({ accountId, displayName, site: site.url });
    expect(verified.scopes).toContain('read:page:confluence');
  });

  test('without the scope for it, is known from the grant', async () => {
    const users = provider(['read:me', 'read:page:confluence']);
    await grant(users);
    const { accountId } = opened.sandbox.people.editor;
    expect(await verify(users, siteOf(opened.sandbox), asUser())).toMatchObject({ accountId });
  });

  test('an answer for somebody else is refused', async () => {
    const users = provider(['read:me', 'read:confluence-user']);
    await grant(users);
    const { accountId } = opened.sandbox.people.reader;
    opened.sandbox.failNext({ pathIncludes: '/user/current', status: 200, body: { accountId } });
    const error = await refusal(verify(users, siteOf(opened.sandbox), asUser()));
    expect(error.message).toContain('another account');
  });
});

describe('on Data Center, over HTTP', () => {
  const pat = (token = VALID_TOKEN) => verify(personalAccessToken({ token }), site());
  const site = () => dataCenter(center.url);

  test('a personal access token', async () => {
    expect(await pat()).toEqual({
      accountId: '8a7f808f6a1b',
      displayName: 'Ada Lovelace',
      site: site().url,
    });
    expect(center.requests.map(({ url }) => url)).toEqual(['/confluence/rest/api/user/current']);
  });

  test('one that is not valid, and is served as nobody', async () => {
    const error = await refusal(pat('canary'));
    expect(error).toMatchObject({ status: 200, message: expect.stringContaining('anonymous') });
    expect(inspect(error)).not.toContain('canary');
  });

  test.each([
    ['a CAPTCHA', 401, { 'x-seraph-loginreason': 'AUTHENTICATION_DENIED' }, 'in a browser'],
    ['a refusal', 401, { 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }, 'Personal Access'],
    ['no licence', 403, {}, 'licence'],
    ['no Confluence', 404, {}, 'context path'],
  ])('%s', async (_, status, headers, words) => {
    center.answer = (_request, response) => {
      response.writeHead(status, headers).end();
    };
    expect(await refusal(pat())).toMatchObject({
      status,
      message: expect.stringContaining(words),
    });
  });

  test('a refusal that may mean a lack of permission elsewhere', async () => {
    center.answer = (_request, response) => {
      center.json(response, 401, {
        message: 'Client must be authenticated to access this resource.',
      });
    };
    const { message } = await refusal(pat());
    expect(message).toContain('has not expired');
    // It is what was asked.
    expect(message).not.toContain('verify()');
  });

  test('a proxy that logs in by itself', async () => {
    center.answer = (_request, response) => {
      response.setHeader('x-ausername', 'svc%20proxy');
      center.json(response, 200, { type: 'known', username: 'ada', userKey: 'k' });
    };
    expect((await refusal(pat())).message).toContain('another account');
  });

  test('names outside ASCII are compared as names', async () => {
    center.answer = (_request, response) => {
      response.setHeader('x-ausername', encodeURIComponent('zoë'));
      center.json(response, 200, { type: 'known', username: 'Zoë', userKey: 'k' });
    };
    expect(await pat()).toMatchObject({ accountId: 'k' });
  });
});

describe('service accounts, and grants of Data Center', () => {
  test('a service account on Cloud and on Data Center', async () => {
    const { serviceAccount, dataCenter: other } = opened.sandbox;
    const { clientId, clientSecret } = serviceAccount;
    const authorizationServer = opened.sandbox.authUrl;
    const onCloud = clientCredentials({ clientId, clientSecret, authorizationServer });
    expect(await verify(onCloud, siteOf(opened.sandbox))).toMatchObject({
      accountId: serviceAccount.accountId,
    });
    const onDataCenter = clientCredentials({
      clientId: other.serviceAccount.clientId,
      clientSecret: other.serviceAccount.clientSecret,
      scopes: ['READ'],
    });
    expect(await verify(onDataCenter, dataCenter(other.url))).toMatchObject({
      accountId: other.serviceAccount.userKey,
    });
  });

  test('a personal access token of the sandbox, and one of nobody', async () => {
    const { people, dataCenter: other } = opened.sandbox;
    const at = dataCenter(other.url);
    const { personalAccessToken: token, userKey, displayName } = people.reader;
    expect(await verify(personalAccessToken({ token }), at)).toEqual({
      accountId: userKey,
      displayName,
      site: at.url,
    });
    const nobody = personalAccessToken({ token: 'canary-sandbox-pat-of-nobody' });
    expect((await refusal(verify(nobody, at))).message).toContain('anonymous');
  });

  test("a user's grant of Data Center, with its scopes", async () => {
    const { client, people, url } = { ...opened.sandbox, ...opened.sandbox.dataCenter };
    const users = dataCenterOAuth({
      clientId: client.clientId,
      clientSecret: client.clientSecret,
      redirectUri: opened.redirectUri,
      scopes: ['READ'],
    })(servicesOf());
    const site = dataCenter(url);
    const caller = {
      principal: { kind: 'user' as const },
      invocation: createInvocation({ surface: 'web', user: { id: 'u1' } }),
    };
    const call = makeCall({ site, ...caller });
    const flow = users.authorization?.(call);
    if (flow === undefined) throw new Error('nobody can be asked');
    await opened.consent(flow, people.editor.email);
    expect(await verify(users, site, caller)).toMatchObject({
      accountId: people.editor.userKey,
      scopes: ['READ'],
    });
  });
});

test('what loads at once does no verifying', async () => {
  const services = makeServices({ fetch: fakeFetch({}) });
  const provider = bearer('token', { base: 'site' })(services);
  expect(Object.isFrozen(provider)).toBe(true);
  expect(provider.verify).toBeTypeOf('function');
  expect(singleUser(bearer('token'))(services).verify).toBeTypeOf('function');
});
