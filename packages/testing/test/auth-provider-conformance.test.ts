import { type AuthProvider, type Call, Secret } from '@tributary/pipeline';
import { describe, test } from 'vitest';
import { authProviderConformance, staticProvider } from '../src/index.js';
import { expectFailures } from './expect-failures.js';

const site = { deployment: 'cloud', url: 'https://a.atlassian.net/' } as const;
const siteB = { deployment: 'cloud', url: 'https://b.atlassian.net/' } as const;

const callers = [
  { authorization: 'Bearer for-https://a.atlassian.net/-1' },
  { call: { site: siteB }, authorization: 'Bearer for-https://b.atlassian.net/-1' },
] as const;

const tokenFor = (call: Call, version = 1) => new Secret(`Bearer for-${call.site.url}-${version}`);

const perTenant: AuthProvider = {
  kind: 'per-tenant',
  endpoint: (call) => call.site.url,
  credential: (call) => ({ authorization: tokenFor(call), base: call.base }),
  renew: async (call) => ({ authorization: tokenFor(call, 2), base: call.base }),
};

describe('what is right passes', () => {
  for (const { name, run } of authProviderConformance({
    site,
    callers: [{ authorization: 'Basic eDp5' }],
    create: () => staticProvider({ base: site.url, authorization: 'Basic eDp5' }),
  })) {
    test(`static, ${name}`, run);
  }
  for (const { name, run } of authProviderConformance({
    site,
    callers: [{}],
    create: () => staticProvider({ base: site.url }),
  })) {
    test(`anonymous, ${name}`, run);
  }
  for (const { name, run } of authProviderConformance({ site, callers, create: () => perTenant })) {
    test(`per tenant, ${name}`, run);
  }
});

describe('a wrong provider fails, and by the right case', () => {
  const broken = (title: string, change: Partial<AuthProvider>, expected: readonly string[]) =>
    expectFailures(
      title,
      authProviderConformance({ site, callers, create: () => ({ ...perTenant, ...change }) }),
      expected.map((name) => `auth provider: ${name}`),
    );

  const BASE = 'its endpoint is a base URL';
  const SECRET = 'its credential is a secret for that base';

  broken('kind is a sentence', { kind: 'My provider' }, ['it has a kind, and takes its site']);
  broken(
    'it refuses its site',
    {
      checkSite: () => {
        throw new Error('not this one');
      },
    },
    ['it has a kind, and takes its site'],
  );
  broken('endpoint without a slash', { endpoint: ({ site: { url } }) => url.slice(0, -1) }, [BASE]);
  broken('endpoint in clear text', { endpoint: () => 'http://a.example/' }, [BASE]);
  broken(
    'a credential for another base',
    { credential: (call) => ({ authorization: tokenFor(call), base: 'https://c.example/' }) },
    [SECRET, 'concurrent callers are never mixed'],
  );
  broken(
    'a token without its scheme',
    { credential: (call) => ({ authorization: new Secret(call.site.url), base: call.base }) },
    [SECRET, 'concurrent callers are never mixed'],
  );
  broken(
    'a credential that shows itself',
    {
      credential: (call) => {
        const raw = `Bearer for-${call.site.url}-1`;
        return { authorization: new Secret(raw), base: call.base, raw };
      },
    },
    [SECRET],
  );
  broken('renew gives the same again', { renew: async (_call, rejected) => ({ ...rejected }) }, [
    'a renewed credential is not the rejected one',
  ]);

  let last: Call | undefined;
  broken(
    'one slot for all callers',
    {
      credential: async (call) => {
        last = call;
        await Promise.resolve();
        return { authorization: tokenFor(last), base: call.base };
      },
    },
    ['concurrent callers are never mixed'],
  );

  expectFailures(
    'it logs its token',
    authProviderConformance({
      site,
      callers,
      create: ({ logger }) => ({
        ...perTenant,
        renew: async (call, rejected) => {
          logger.warn('rejected', { token: `for-${call.site.url}-1` });
          return { ...rejected, authorization: tokenFor(call, 2) };
        },
      }),
    }),
    ['auth provider: no credential is shown'],
  );
  broken(
    'it keeps its token in the open',
    { kind: 'open', ...{ token: callers[0].authorization } },
    ['auth provider: no credential is shown'.slice('auth provider: '.length)],
  );
});
