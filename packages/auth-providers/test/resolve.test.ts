import {
  type AuthProvider,
  type AuthProviders,
  type Call,
  ConfigError,
  PrincipalError,
  type ResolvedCall,
} from '@tributary/pipeline';
import { createInvocation } from '@tributary/pipeline/invocation';
import { fakeClock, makeCall, middlewareConformance, staticProvider } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { apiToken, cloud, dataCenter, oauth, resolveProviders, singleUser } from '../src/index.js';
import { makeServices } from './services.js';

const site = cloud('https://example.atlassian.net');
const none = staticProvider({ base: site.url, kind: 'none' });
const app = staticProvider({ base: site.url, kind: 'app' });
const user = staticProvider({ base: 'https://api.atlassian.com/ex/confluence/1/', kind: 'user' });
const personal = apiToken({ email: 'a@b.c', token: 't' });

const resolveWith = (providers: AuthProviders) => {
  const seen: ResolvedCall[] = [];
  const resolve = resolveProviders(providers).wrap(async (call) => {
    seen.push(call);
    return new Response();
  });
  return async (call: Call): Promise<ResolvedCall> => {
    await resolve(call);
    const last = seen.at(-1);
    if (last === undefined) throw new Error('Nothing was sent.');
    return last;
  };
};

const asUser = (overrides: Partial<Call> = {}) =>
  makeCall({ site, principal: { kind: 'user' }, ...overrides });

describe('who answers', () => {
  const resolve = resolveWith({ app, user, none });

  test.each(['app', 'user', 'none'] as const)('%s', async (kind) => {
    const resolved = await resolve(makeCall({ site, principal: { kind } }));
    expect(resolved.provider.kind).toBe(kind);
  });

  test.each(['app', 'user'] as const)(
    'a missing %s is a ConfigError of that name',
    async (kind) => {
      const work = resolveWith({ none })(makeCall({ site, principal: { kind } }));
      await expect(work).rejects.toMatchObject({ code: 'CONFIG_INVALID', field: kind });
    },
  );

  test('asUser() never falls back to the app', async () => {
    await expect(resolveWith({ app, none })(asUser())).rejects.toBeInstanceOf(ConfigError);
  });

  test('a personal credential as user needs singleUser', () => {
    const services = makeServices();
    expect(() => resolveProviders({ none, user: personal(services) })).toThrow(/singleUser/);
    resolveProviders({ none, app: personal(services), user: singleUser(personal)(services) });
  });

  test("people's grants as app are refused when the chain is composed", () => {
    const people = oauth({
      clientId: 'client',
      clientSecret: 'canary-secret',
      redirectUri: 'https://app.example/callback',
      scopes: ['read:me'],
    });
    expect(() => resolveProviders({ none, app: people(makeServices()) })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', field: 'app' }),
    );
  });
});

describe('single users', () => {
  const resolve = resolveWith({ none, user: singleUser(personal)(makeServices()) });

  test.each(['web', 'forge'] as const)('are refused inside a %s invocation', async (surface) => {
    const invocation = createInvocation({ surface, user: { id: 'u' } });
    await expect(resolve(asUser({ invocation }))).rejects.toBeInstanceOf(PrincipalError);
  });

  test.each(['terminal', 'background'] as const)('serve a %s invocation', async (surface) => {
    const resolved = await resolve(asUser({ invocation: createInvocation({ surface }) }));
    expect(resolved.base).toBe(site.url);
    await resolve(asUser());
  });
});

describe('asUser(accountId)', () => {
  const invocation = (account?: string) =>
    createInvocation({
      surface: 'web',
      user: { id: 'u', ...(account !== undefined && { accountId: account }) },
    });
  const wanted = { kind: 'user', accountId: 'ada' } as const;
  const withUser = (overrides: Partial<AuthProvider>) =>
    resolveWith({ none, user: { ...user, ...overrides } });
  const call = (account?: string) => asUser({ principal: wanted, invocation: invocation(account) });

  test('of the invoking user', async () => {
    await withUser({})(call('ada'));
    await withUser({ account: async () => 'ada' })(call());
  });

  test('of somebody else is refused', async () => {
    const refused = [
      withUser({})(call('eve')),
      withUser({})(call()),
      withUser({ account: () => 'eve' })(call()),
      withUser({})(asUser({ principal: wanted })),
      withUser({ isSingleUser: true, account: () => 'eve' })(asUser({ principal: wanted })),
      withUser({ isSingleUser: true })(asUser({ principal: wanted })),
    ];
    for (const outcome of await Promise.allSettled(refused)) {
      expect(outcome).toMatchObject({ reason: { code: 'PRINCIPAL_UNAVAILABLE' } });
    }
  });

  test('of somebody else by a provider that may impersonate', async () => {
    await withUser({ canImpersonate: true })(call('eve'));
  });

  test('of a user who can still be asked for consent', async () => {
    const authorization = (): never => {
      throw new Error('not asked here');
    };
    await withUser({ authorization })(call());
  });

  test('of the one person of a single-user provider', async () => {
    await withUser({ isSingleUser: true, account: () => 'ada' })(asUser({ principal: wanted }));
  });

  test('of the invoking user is not that of a single-user provider', async () => {
    const invocation = createInvocation({
      surface: 'terminal',
      user: { id: 'u', accountId: wanted.accountId },
    });
    const call = asUser({ principal: wanted, invocation });
    const work = withUser({ isSingleUser: true, account: () => 'eve' })(call);
    await expect(work).rejects.toBeInstanceOf(PrincipalError);
  });
});

describe('a caller does not wait longer than it said', () => {
  const never = () => new Promise<never>(() => {});
  const wanted = { kind: 'user', accountId: 'ada' } as const;

  test.each([
    ['for the base', { ...none, endpoint: never }, { principal: { kind: 'none' } }],
    ['for the account', { ...user, account: never }, { principal: wanted }],
  ] as const)('%s', async (_, provider, overrides) => {
    const clock = fakeClock();
    const providers = { user: provider, none: provider };
    const resolve = resolveProviders(providers, { clock }).wrap(async () => new Response());
    const work = resolve(makeCall({ site, ...overrides, deadline: clock.monotonic() + 500 }));
    const ended = expect(work).rejects.toMatchObject({ code: 'TIMEOUT', sent: 'no' });
    await clock.advance(500);
    await ended;
  });
});

describe('where it goes', () => {
  const at = (endpoint: AuthProvider['endpoint']) => resolveWith({ none: { ...none, endpoint } });
  const bare = (overrides: Partial<Call> = {}) =>
    makeCall({ site, principal: { kind: 'none' }, ...overrides });

  test('the base is normalised, also when it has to be fetched', async () => {
    const spelled = 'HTTPS://Example.atlassian.net:443';
    expect((await at(() => spelled)(bare())).base).toBe(site.url);
    expect((await at(async () => spelled)(bare())).base).toBe(site.url);
  });

  test('nothing is awaited when the endpoint is known', () => {
    let isSent = false;
    const resolve = resolveProviders({ none }).wrap(async () => {
      isSent = true;
      return new Response();
    });
    void resolve(bare());
    expect(isSent).toBe(true);
  });

  test.each([
    ['http', 'http://example.atlassian.net'],
    ['another host', 'https://evil.example/'],
    ['another site', 'https://example.atlassian.net.evil.example/'],
    ['user information', 'https://a:b@example.atlassian.net/'],
    ['no URL', 'x'],
  ])('%s is refused', async (_, endpoint) => {
    await expect(at(() => endpoint)(bare())).rejects.toMatchObject({ field: 'base' });
  });

  test('errors of a provider reject', async () => {
    const failing = at(() => {
      throw new ConfigError('x', 'y');
    });
    await expect(failing(bare())).rejects.toBeInstanceOf(ConfigError);
  });

  test('the path is mapped to the deployment', async () => {
    const path = '/rest/api/content/1';
    expect((await resolveWith({ none })(bare({ path }))).path).toBe(`/wiki${path}`);
    const dc = dataCenter('https://host.example/wiki');
    const there = resolveWith({ none: staticProvider({ base: dc.url }) });
    expect((await there(bare({ site: dc, path: `/wiki${path}` }))).path).toBe(path);
  });
});

describe('conformance', () => {
  const create = () => resolveProviders({ app, none });
  for (const { name, run } of middlewareConformance({ slot: 'resolve', create })) test(name, run);
});
