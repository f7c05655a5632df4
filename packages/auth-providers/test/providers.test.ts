import { inspect } from 'node:util';
import {
  type AuthProviderFactory,
  ConfigError,
  revealSecret,
  type Site,
} from '@tributary/pipeline';
import { authProviderConformance, makeCall, makeResolvedCall } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import {
  anonymous,
  apiToken,
  bearer,
  clientCredentials,
  cloud,
  dataCenter,
  dataCenterOAuth,
  oauth,
  personalAccessToken,
  singleUser,
} from '../src/index.js';
import { CLOUD_ID, fakeFetch, makeServices } from './services.js';

const CLOUD = cloud('https://example.atlassian.net', { cloudId: CLOUD_ID });
const DATA_CENTER = dataCenter('https://host.example/confluence');
const GATEWAY = `https://api.atlassian.com/ex/confluence/${CLOUD_ID}/`;
const email = 'ada@example.com';
const token = 'canary-token=ABC';

const errorOf = (make: () => unknown): ConfigError => {
  try {
    make();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
};

describe('config errors name the field and never show the value', () => {
  const none = undefined as unknown as string;
  const cases: readonly (readonly [string, string, () => AuthProviderFactory])[] = [
    ['an email without a token', 'token', () => apiToken({ email, token: none })],
    ['a token without an email', 'email', () => apiToken({ email: none, token })],
    ['an empty token', 'token', () => apiToken({ email, token: '' })],
    ['a CRLF .env', 'token', () => apiToken({ email, token: `${token}\r` })],
    ['a line end', 'token', () => apiToken({ email, token: `${token}\n${token}` })],
    ['quotes around it', 'token', () => apiToken({ email, token: `"${token}"` })],
    ['a single quote', 'token', () => apiToken({ email, token: `${token}'` })],
    ['white space', 'token', () => apiToken({ email, token: ` ${token}` })],
    ['a letter outside ASCII', 'token', () => apiToken({ email, token: `${token}é` })],
    ['an email with a line end', 'email', () => apiToken({ email: `canary@x.y\r`, token })],
    ['an email in quotes', 'email', () => apiToken({ email: `'canary@x.y'`, token })],
    ['an email with a colon', 'email', () => apiToken({ email: 'canary:x@x.y', token })],
    ['a name for an email', 'email', () => apiToken({ email: 'canary', token })],
    [
      'a scoped token at the site',
      'base',
      () => apiToken({ email, token, scoped: true, base: 'site' }),
    ],
    ['a classic token at the gateway', 'base', () => apiToken({ email, token, base: 'gateway' })],
    ['a base that is none', 'base', () => bearer(token, { base: 'https://x' as 'site' })],
    [
      'scoped as a string',
      'scoped',
      () => apiToken({ email, token, scoped: 'no' as unknown as boolean }),
    ],
    ['a PAT with white space', 'token', () => personalAccessToken({ token: `${token} ` })],
    ['no PAT', 'token', () => personalAccessToken({ token: none })],
    ['no bearer token', 'token', () => bearer(none)],
    ['the scheme in a bearer token', 'token', () => bearer(`Bearer ${token}`)],
  ];
  test.each(cases)('%s', (_, field, make) => {
    const error = errorOf(make);
    expect(error.field).toBe(field);
    expect(`${inspect(error)}${JSON.stringify(error)}${error.stack}`).not.toContain('canary');
  });
});

describe('checkSite', () => {
  const cases: readonly (readonly [string, AuthProviderFactory, Site, string])[] = [
    ['an API token on Data Center', apiToken({ email, token }), DATA_CENTER, 'site'],
    ['a PAT on Cloud', personalAccessToken({ token }), CLOUD, 'site'],
    ['a single-user PAT on Cloud', singleUser(personalAccessToken({ token })), CLOUD, 'site'],
    ['a gateway on Data Center', bearer(token, { base: 'gateway' }), DATA_CENTER, 'base'],
    ['bare calls to a gateway of Data Center', anonymous({ base: 'gateway' }), DATA_CENTER, 'base'],
  ];
  test.each(cases)('refuses %s', (_, factory, site, field) => {
    const provider = factory(makeServices());
    expect(errorOf(() => provider.checkSite?.(site)).field).toBe(field);
  });

  test('the deployment is checked per call too', () => {
    const provider = apiToken({ email, token })(makeServices());
    expect(() => provider.endpoint(makeCall({ site: DATA_CENTER }))).toThrow(ConfigError);
    const pat = personalAccessToken({ token })(makeServices());
    expect(() => pat.endpoint(makeCall({ site: CLOUD }))).toThrow(ConfigError);
  });
});

describe('where a credential is honoured', () => {
  const cases: readonly (readonly [string, AuthProviderFactory, Site, string])[] = [
    ['a classic API token', apiToken({ email, token }), CLOUD, CLOUD.url],
    ['a scoped API token', apiToken({ email, token, scoped: true }), CLOUD, GATEWAY],
    ['a PAT', personalAccessToken({ token }), DATA_CENTER, DATA_CENTER.url],
    ['a bearer token on Cloud', bearer(token), CLOUD, GATEWAY],
    ['a bearer token for a site', bearer(token, { base: 'site' }), CLOUD, CLOUD.url],
    ['a bearer token on Data Center', bearer(token), DATA_CENTER, DATA_CENTER.url],
    ['a bare call', anonymous(), CLOUD, CLOUD.url],
    ['a bare call to the gateway', anonymous({ base: 'gateway' }), CLOUD, GATEWAY],
  ];
  test.each(cases)('%s', (_, factory, site, base) => {
    expect(factory(makeServices()).endpoint(makeCall({ site }))).toBe(base);
  });

  test('at the gateway, under the product', () => {
    const provider = bearer(token)(makeServices());
    const jira = makeCall({ site: CLOUD, product: 'jira' });
    expect(provider.endpoint(jira)).toBe(`https://api.atlassian.com/ex/jira/${CLOUD_ID}/`);
    const graph = makeCall({ site: CLOUD, product: 'graph' });
    expect(provider.endpoint(graph)).toBe('https://api.atlassian.com/');
  });

  test('a classic token knows its account, and asks once', async () => {
    const url = `${CLOUD.url}wiki/rest/api/user/current`;
    const answers = [() => new Response('', { status: 503 })];
    const fetch = fakeFetch({
      [url]: () => answers.shift()?.() ?? Response.json({ accountId: '557058:ada' }),
    });
    const provider = apiToken({ email, token })(makeServices({ fetch }));
    const call = makeCall({ site: CLOUD });
    expect(await provider.account?.(call)).toBeUndefined();
    const twice = [provider.account?.(call), provider.account?.(call)];
    expect(await Promise.all(twice)).toEqual(['557058:ada', '557058:ada']);
    expect(fetch.asked).toHaveLength(2);
  });
});

describe('headers', () => {
  const authorizationOf = async (factory: AuthProviderFactory, site = CLOUD) => {
    const provider = factory(makeServices());
    const credential = await provider.credential(makeResolvedCall({ site, provider }));
    return credential && revealSecret(credential.authorization);
  };

  test('Basic is UTF-8 in base64', async () => {
    const basic = await authorizationOf(apiToken({ email: 'zoë@example.com', token }));
    expect(Buffer.from(basic?.slice(6) ?? '', 'base64').toString()).toBe(
      `zoë@example.com:${token}`,
    );
  });

  test('Bearer', async () => {
    expect(await authorizationOf(personalAccessToken({ token }), DATA_CENTER)).toBe(
      `Bearer ${token}`,
    );
    expect(await authorizationOf(bearer(token))).toBe(`Bearer ${token}`);
    expect(await authorizationOf(bearer(async () => token))).toBe(`Bearer ${token}`);
    expect(await authorizationOf(bearer(() => undefined))).toBeUndefined();
    expect(await authorizationOf(anonymous())).toBeUndefined();
  });

  test('a static credential is there at once and follows the base', () => {
    const provider = bearer(token)(makeServices());
    const one = provider.credential(makeResolvedCall({ provider, base: CLOUD.url }));
    const other = provider.credential(makeResolvedCall({ provider, base: GATEWAY }));
    expect(one).toMatchObject({ base: CLOUD.url });
    expect(other).toMatchObject({ base: GATEWAY });
  });
});

describe('bearer(function)', () => {
  const rejected = makeResolvedCall({ site: CLOUD });

  test('is asked at every attempt, with the call', async () => {
    const calls: unknown[] = [];
    const provider = bearer((call) => {
      calls.push(call);
      return `token-${calls.length}`;
    })(makeServices());
    await provider.credential(rejected);
    await provider.credential(rejected);
    expect(calls).toEqual([rejected, rejected]);
  });

  test('is asked once more on a 401; the same token is no answer', async () => {
    const tokens = ['one', 'one', 'two'];
    const provider = bearer(async () => tokens.shift())(makeServices());
    const first = await provider.credential(rejected);
    if (first === undefined) throw new Error('no credential');
    const response = new Response('', { status: 401 });
    expect(await provider.renew?.(rejected, first, response)).toBeUndefined();
    const renewed = await provider.renew?.(rejected, first, response);
    if (typeof renewed !== 'object') throw new Error('no fresh credential');
    expect(revealSecret(renewed.authorization)).toBe('Bearer two');
  });

  test('what it gives is checked, and not shown', async () => {
    const provider = bearer(async () => 'canary\r\nx-evil: 1')(makeServices());
    const error = await Promise.resolve(provider.credential(rejected)).catch((e: unknown) => e);
    expect(error).toMatchObject({ field: 'token' });
    expect(inspect(error)).not.toContain('canary');
  });

  test('a string is never renewed', () => {
    expect(bearer(token)(makeServices()).renew).toBeUndefined();
  });
});

describe('whose they are', () => {
  test('personal and single-user', () => {
    const services = makeServices();
    expect(apiToken({ email, token })(services).isPersonal).toBe(true);
    expect(personalAccessToken({ token })(services).isPersonal).toBe(true);
    expect(bearer(token)(services).isPersonal).toBe(true);
    expect(bearer(async () => token)(services).isPersonal).toBeFalsy();
    const single = singleUser(apiToken({ email, token }))(services);
    expect(single).toMatchObject({ isPersonal: true, isSingleUser: true, kind: 'api-token' });
  });

  test('an OAuth client’s calls are its app’s, whichever grant they go by', () => {
    const services = makeServices();
    const client = { clientId: 'app-1', clientSecret: 'canary-secret' };
    const redirectUri = 'http://localhost:1/callback';
    const machine = clientCredentials(client);
    const made = [
      oauth({ ...client, redirectUri, scopes: ['read:me'] }),
      dataCenterOAuth({ ...client, redirectUri, scopes: ['READ'] }),
      machine,
      singleUser(machine),
    ];
    expect(made.map((create) => create(services).appKey)).toEqual(Array(4).fill('app-1'));
    expect(apiToken({ email, token })(services).appKey).toBeUndefined();
  });

  test('singleUser keeps a class instance whole', async () => {
    class Custom {
      readonly kind = 'custom';
      readonly #base = CLOUD.url;
      endpoint() {
        return this.#base;
      }
      credential() {
        return undefined;
      }
    }
    const provider = singleUser(new Custom())(makeServices());
    expect(provider.endpoint(makeCall())).toBe(CLOUD.url);
    expect(provider.renew).toBeUndefined();
  });
});

describe('conformance', () => {
  const basic = `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
  const kits = [
    { name: 'apiToken', create: apiToken({ email, token }), site: CLOUD, authorization: basic },
    {
      name: 'scoped apiToken',
      create: apiToken({ email, token, scoped: true }),
      site: cloud('https://unknown.atlassian.net'),
      authorization: basic,
    },
    {
      name: 'personalAccessToken',
      create: personalAccessToken({ token }),
      site: DATA_CENTER,
      authorization: `Bearer ${token}`,
    },
    { name: 'bearer', create: bearer(token), site: CLOUD, authorization: `Bearer ${token}` },
    { name: 'anonymous', create: anonymous(), site: CLOUD },
  ];
  for (const { name, create, site, ...expected } of kits) {
    const fetch = fakeFetch({
      'https://unknown.atlassian.net/_edge/tenant_info': () => Response.json({ cloudId: CLOUD_ID }),
    });
    const cases = authProviderConformance({ create, site, fetch, callers: [expected] });
    for (const { name: rule, run } of cases) test(`${name}: ${rule}`, run);
  }

  const user = (id: string) => ({
    call: { principal: { kind: 'user', accountId: id } as const },
    authorization: `Bearer token-of-${id}`,
  });
  const perUser = bearer(async ({ principal }) =>
    principal.kind === 'user' ? `token-of-${principal.accountId}` : undefined,
  );
  const callers = [user('one'), user('two'), {}] as const;
  for (const { name, run } of authProviderConformance({ create: perUser, site: CLOUD, callers }))
    test(`bearer(function): ${name}`, run);
});
