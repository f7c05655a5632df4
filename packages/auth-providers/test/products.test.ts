import type { AuthProviderFactory, Call, ResolvedCall } from '@tributary/pipeline';
import { makeCall } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import {
  anonymous,
  apiToken,
  bearer,
  clientCredentials,
  cloud,
  dataCenter,
  personalAccessToken,
  resolveProviders,
} from '../src/index.js';
import { CLOUD_ID, makeServices } from './services.js';

const site = cloud('https://example.atlassian.net', { cloudId: CLOUD_ID });
const email = 'ada@example.com';
const token = 'canary-token';
const client = { clientId: 'client', clientSecret: 'secret' };

const CLASSIC = apiToken({ email, token });
const SCOPED = apiToken({ email, token, scoped: true });
const BITBUCKET = 'https://api.bitbucket.org/';

/** What reaches the wire, or the field of the error that comes instead. */
const resolveBy =
  (factory: AuthProviderFactory) =>
  async (call: Partial<Call>): Promise<string> => {
    const services = makeServices();
    const provider = factory(services);
    let sent: ResolvedCall | undefined;
    const resolve = resolveProviders({ app: provider, none: anonymous()(services) }).wrap(
      async (resolved) => {
        sent = resolved;
        return new Response();
      },
    );
    await resolve(makeCall({ site, principal: { kind: 'app' }, ...call }));
    return `${sent?.base}${sent?.path.slice(1)}`;
  };

describe('where each product is reached', () => {
  test.each([
    ['a classic token', CLASSIC, 'jira', 'https://example.atlassian.net/x'],
    ['a classic token', CLASSIC, 'graph', 'https://example.atlassian.net/gateway/api/x'],
    ['a scoped token', SCOPED, 'jira', `https://api.atlassian.com/ex/jira/${CLOUD_ID}/x`],
    ['a scoped token', SCOPED, 'graph', 'https://api.atlassian.com/x'],
    ['a bearer token', bearer(token), 'graph', 'https://api.atlassian.com/x'],
    ['a service account', clientCredentials(client), 'graph', 'https://api.atlassian.com/x'],
    ['nobody', anonymous(), 'jira', 'https://example.atlassian.net/x'],
    ['nobody', anonymous(), 'graph', 'https://example.atlassian.net/gateway/api/x'],
    ['nobody', anonymous({ base: 'bitbucket' }), 'bitbucket', `${BITBUCKET}x`],
    ['a bearer token', bearer(token, { base: 'bitbucket' }), 'bitbucket', `${BITBUCKET}x`],
    [
      'a scoped token',
      apiToken({ email, token, scoped: true, base: 'bitbucket' }),
      'bitbucket',
      `${BITBUCKET}x`,
    ],
  ] as const)('%s, %#', async (_, factory, product, url) => {
    expect(await resolveBy(factory)({ product, path: '/x' })).toBe(url);
  });

  test.each([
    ['a classic token', CLASSIC],
    ['a scoped token', SCOPED],
    ['a bearer token', bearer(token)],
    ['a service account', clientCredentials(client)],
    ['nobody', anonymous()],
  ])('%s of a site never goes to Bitbucket', async (_, factory) => {
    const work = resolveBy(factory)({ product: 'bitbucket', path: '/2.0/user' });
    await expect(work).rejects.toMatchObject({ code: 'REQUEST_INVALID', field: 'product' });
  });

  test.each(['confluence', 'jira', 'graph'] as const)(
    "Bitbucket's credential never goes to %s",
    async (product) => {
      for (const factory of [
        apiToken({ email, token, scoped: true, base: 'bitbucket' }),
        bearer(token, { base: 'bitbucket' }),
      ]) {
        const work = resolveBy(factory)({ product, path: '/x' });
        await expect(work).rejects.toMatchObject({ code: 'REQUEST_INVALID', field: 'product' });
      }
    },
  );

  test('a classic token is none for Bitbucket', () => {
    expect(() => apiToken({ email, token, base: 'bitbucket' })).toThrow(/scoped: true/);
  });
});

describe("Atlassian's common API, whose base is the whole gateway", () => {
  const send = (path: string) => resolveBy(SCOPED)({ product: 'graph', path });

  test.each([
    '/graphql',
    '/graphql?q=Name',
    '/graphql/twg',
    '/app/report-accounts/',
    '/connected-data/ari:cloud:x:1/y',
    '/example',
    '/graphql?next=/ex/jira/1/../..',
  ])('takes %s', async (path) => {
    expect(await send(path)).toBe(`https://api.atlassian.com${path}`);
  });

  test.each([
    `/ex/confluence/${CLOUD_ID}/wiki/api/v2/pages`,
    '/EX/jira/1/x',
    '/%65x/jira/1/x',
    '/graphql/../ex/jira/1/x',
    '/graphql/%2e%2e/ex/jira/1/x',
    '/graphql/..%2fex%2fjira/1/x',
    '/graphql/.',
    '/a\\..\\ex/jira/1',
    '//ex/jira/1',
    '/',
    '/a b',
  ])('refuses %s', async (path) => {
    await expect(send(path)).rejects.toMatchObject({ code: 'REQUEST_INVALID', field: 'path' });
  });

  test('is on Cloud only', async () => {
    const resolve = resolveBy(personalAccessToken({ token }));
    const there = { site: dataCenter('https://host.example/confluence'), path: '/graphql' };
    await expect(resolve({ ...there, product: 'graph' })).rejects.toMatchObject({ field: 'path' });
    expect(await resolve({ ...there, product: 'jira', path: '/rest/api/2/issue' })).toBe(
      'https://host.example/confluence/rest/api/2/issue',
    );
  });

  test('follows no redirect, which could lead into another site', async () => {
    let redirect: string | undefined;
    const services = makeServices();
    const resolve = resolveProviders({ none: anonymous()(services) }).wrap(async (call) => {
      redirect = call.redirect;
      return new Response();
    });
    await resolve(makeCall({ site, principal: { kind: 'none' }, product: 'graph', path: '/x' }));
    expect(redirect).toBe('manual');
    await resolve(makeCall({ site, principal: { kind: 'none' }, product: 'jira', path: '/x' }));
    expect(redirect).toBe('follow');
  });
});
