import { bearer, cloud, memoryAccountLinks, memoryGrants, oauth } from '@tributary/auth-providers';
import { Secret, type Site, systemClock } from '@tributary/pipeline';
import { ACCOUNT_LINKS, CLOCK, GRANT_STORE, type Plugin } from '@tributary/pipeline/di';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { expect, test } from 'vitest';
import { createTributary, route, type Tributary } from '../src/index.js';
import { openTenants } from './tenancy-server.js';

const CALLS = 10_000;
const AT_ONCE = 64;
const WHO = route`/wiki/rest/api/user/current`;

const ALPHA = '11111111-1111-4111-8111-111111111111';
const BETA = '22222222-2222-4222-8222-222222222222';
/** Which app is let into which sites. */
const SITES = { 'app-one': [ALPHA], 'app-two': [BETA], 'app-both': [ALPHA, BETA] } as const;
type ClientId = keyof typeof SITES;

/** The same two people by the app's own ids everywhere, with other accounts in the first two tenants. */
const ACCOUNTS: Readonly<Record<ClientId, Readonly<Record<string, string>>>> = {
  'app-one': { u1: 'ada', u2: 'grace' },
  'app-two': { u1: 'grace', u2: 'edith' },
  'app-both': { u1: 'ada', u2: 'edith' },
};

const CLOUD_IDS = [ALPHA, BETA] as const;
const CLIENT_IDS = Object.keys(SITES) as readonly ClientId[];

const numbers = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

test('10,000 calls of two tenants and two users never carry another one’s token', {
  timeout: 60_000,
}, async () => {
  await using server = await openTenants(SITES);
  const siteOf = (cloudId: string): Site =>
    cloud(`http://${cloudId}.localhost`, { cloudId, gateway: server.url });
  // One store for all of them, as the pods of an app share one.
  const grants = memoryGrants();
  const links = memoryAccountLinks();
  const stores: Plugin = {
    name: 'shared-stores',
    register(registry) {
      registry.provide(CLOCK, { useValue: { ...systemClock, now: server.now } });
      registry.provide(GRANT_STORE, { useValue: grants });
      registry.provide(ACCOUNT_LINKS, { useValue: links });
    },
  };

  const robots = new Map<string, ReturnType<typeof server.issue>>();
  const robotOf = (clientId: ClientId, cloudId = ''): string => {
    const owner = `${clientId} ${cloudId}`;
    const known = robots.get(owner);
    if (known !== undefined && known.endsAt > server.now()) return known.accessToken;
    const token = server.issue({ clientId, accountId: `robot of ${cloudId}` });
    robots.set(owner, token);
    return token.accessToken;
  };

  const openClient = (clientId: ClientId, site?: Site): Tributary =>
    createTributary({
      ...(site && { site }),
      plugins: [stores],
      app: bearer(async (call) => robotOf(clientId, call.site.cloudId)),
      user: oauth({
        clientId,
        clientSecret: `secret-${clientId}`,
        redirectUri: 'http://localhost:1/callback',
        authorizationServer: server.url,
        scopes: ['read:me'],
      }),
    });

  for (const clientId of CLIENT_IDS) {
    for (const [userId, accountId] of Object.entries(ACCOUNTS[clientId])) {
      const { accessToken, refreshToken, endsAt } = server.issue({ clientId, accountId });
      const issuer = server.url;
      await links.write({ issuer, clientId, userId }, accountId);
      await grants.exclusive({ issuer, clientId, accountId }, async () => ({
        write: {
          accessToken: new Secret(accessToken),
          refreshToken: new Secret(refreshToken),
          scopes: ['read:me'],
          obtainedAt: server.now(),
          grantedAt: server.now(),
          expiresAt: endsAt,
          sites: SITES[clientId].map((cloudId) => ({ cloudId, url: `https://${cloudId}.example` })),
        },
      }));
    }
  }

  await using one = openClient('app-one', siteOf(ALPHA));
  await using two = openClient('app-two', siteOf(BETA));
  await using both = openClient('app-both');
  const clients = { 'app-one': one, 'app-two': two, 'app-both': both };

  const next = numbers(20_261_124);
  const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;
  const mixed: unknown[] = [];
  let refused = 0;

  const call = async (): Promise<void> => {
    const clientId = pick(CLIENT_IDS);
    const cloudId = clientId === 'app-both' ? pick(CLOUD_IDS) : SITES[clientId][0];
    const userId = pick(['u1', 'u2']);
    const asApp = next(4) === 0;
    const invocation = createInvocation({
      surface: 'web',
      user: { id: userId },
      ...(clientId === 'app-both' && { site: siteOf(cloudId) }),
    });
    const response = await runInInvocation(invocation, () => {
      const client = clients[clientId];
      return (asApp ? client.asApp() : client.asUser()).requestConfluence(WHO);
    });
    const accountId = asApp ? `robot of ${cloudId}` : ACCOUNTS[clientId][userId];
    const body: unknown = await response.json();
    // A call that waits for a socket may see two tokens end: an app would ask again, and so does this.
    if (response.status === 401) {
      refused += 1;
      return call();
    }
    const isOwn = JSON.stringify(body) === JSON.stringify({ clientId, accountId, cloudId });
    if (!isOwn) mixed.push({ status: response.status, body, clientId, accountId, cloudId });
  };

  let left = CALLS;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await call();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));

  expect(mixed.slice(0, 3)).toEqual([]);
  expect(server.violations).toEqual([]);
  expect(server.counts.calls).toBe(CALLS);
  expect(refused).toBeLessThan(CALLS / 100);
  expect(server.counts.refreshes).toBeGreaterThan(50);
});
