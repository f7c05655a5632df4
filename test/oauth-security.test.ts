import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createTributary, route, type Tributary } from '@tributary/api';
import { clientCredentials, cloud, memoryGrants, oauth } from '@tributary/auth-providers';
import { type PendingAuthorization, revealSecret } from '@tributary/pipeline';
import { FETCH, GRANT_STORE, type Plugin } from '@tributary/pipeline/di';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { type Sandbox, startSandbox, walkConsent } from '@tributary/sandbox';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

/** Requirements of RFC 9700 that no part can show alone; docs/security.md lists all of them. */

interface Exchange {
  readonly url: string;
  readonly form: URLSearchParams;
  readonly answer: string;
}

let sandbox: Sandbox;
let tributary: Tributary;
/** All that went to the authorization server and to the identity endpoints. */
const exchanges: Exchange[] = [];
const grants = memoryGrants();

/** The app's side of the redirect: keeps where the browser was sent to. */
const arrivals: URL[] = [];
const app = createServer((request, response) => {
  arrivals.push(new URL(request.url ?? '', redirectUri));
  response.end('done');
});
let redirectUri = '';

const recorder: Plugin = {
  name: 'recorder',
  register(registry) {
    registry.provide(GRANT_STORE, { useValue: grants });
    registry.provide(FETCH, {
      useValue: async (url, init) => {
        const response = await fetch(url, { ...init, redirect: 'manual' });
        const form = new URLSearchParams(String(init?.body ?? ''));
        exchanges.push({ url: String(url), form, answer: await response.clone().text() });
        return response;
      },
    });
  },
};

beforeAll(async () => {
  await once(app.listen(0, '127.0.0.1'), 'listening');
  redirectUri = `http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`;
  sandbox = await startSandbox({ redirectUris: [redirectUri] });
  const { clientId, clientSecret } = sandbox.client;
  const authorizationServer = sandbox.authUrl;
  tributary = createTributary({
    site: cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl }),
    app: clientCredentials({ ...sandbox.serviceAccount, authorizationServer }),
    user: oauth({
      clientId,
      clientSecret,
      redirectUri,
      authorizationServer,
      scopes: ['read:confluence-user', 'read:page:confluence'],
    }),
    plugins: [recorder],
  });
});
afterAll(async () => {
  await tributary[Symbol.asyncDispose]();
  await sandbox.close();
  app.close();
  app.closeAllConnections();
});
beforeEach(() => {
  exchanges.length = 0;
  arrivals.length = 0;
});

/** Somebody grants in a browser; what that browser brings to the app is returned, not used. */
const walk = async (id: string, as: string) => {
  const flow = tributary.consent.flow({ user: { id } });
  const pending = await flow.start();
  await walkConsent({ as })(pending.url);
  return { flow, pending, callback: (arrivals.at(-1) as URL).searchParams };
};

const tokenRequests = () => exchanges.filter(({ url }) => url.endsWith('/oauth/token'));

const stored = async () => {
  const keys: unknown[] = [];
  for await (const key of grants.list({})) keys.push(key);
  return keys;
};

test("a code that answers somebody else's question is refused by its PKCE verifier", async () => {
  const victim = await walk('ada', 'editor');
  const flow = tributary.consent.flow({ user: { id: 'mallory' } });
  const pending = await flow.start();
  const injected = new URLSearchParams(victim.callback);
  injected.set('state', pending.state);
  await expect(flow.complete(pending, injected)).rejects.toMatchObject({
    code: 'CONSENT_CALLBACK',
    message: expect.stringContaining('refused the code'),
  });
  expect(tokenRequests()).toHaveLength(1);
  expect(await stored()).toEqual([]);
});

test('an answer that brings a token instead of a code is refused, and the token is not used', async () => {
  const flow = tributary.consent.flow({ user: { id: 'ada' } });
  const pending = await flow.start();
  const answer = { state: pending.state, access_token: 'stolen', token_type: 'Bearer' };
  await expect(flow.complete(pending, new URLSearchParams(answer))).rejects.toMatchObject({
    code: 'CONSENT_CALLBACK',
  });
  expect(exchanges.filter(({ form }) => form.size > 0)).toEqual([]);
  expect(await stored()).toEqual([]);
});

/** What must be in no address: all tokens that were given, and what proves who the client is. */
const secretsOf = (pending: PendingAuthorization): readonly string[] => [
  sandbox.client.clientSecret,
  sandbox.serviceAccount.clientSecret,
  revealSecret(pending.codeVerifier),
  ...tokenRequests().flatMap(({ answer }) => {
    const { access_token, refresh_token } = JSON.parse(answer);
    return [access_token, refresh_token].filter((token) => token !== undefined);
  }),
];

test('tokens and secrets are in no address, and no grant but code, refresh and client is used', async () => {
  sandbox.clearJournal();
  const { flow, pending, callback } = await walk('ada', 'editor');
  await flow.complete(pending, callback);
  const invocation = createInvocation({ surface: 'web', user: { id: 'ada' } });
  const pages = route`/wiki/api/v2/pages?limit=1`;
  const asUser = () =>
    runInInvocation(invocation, () => tributary.asUser().requestConfluence(pages));
  expect((await asUser()).status).toBe(200);
  sandbox.expireAccessTokens();
  expect((await asUser()).status).toBe(200);
  expect((await tributary.asApp().requestConfluence(pages)).status).toBe(200);

  expect(tokenRequests().map(({ form }) => form.get('grant_type'))).toEqual([
    'authorization_code',
    'refresh_token',
    'client_credentials',
  ]);
  const secrets = secretsOf(pending);
  expect(secrets.length).toBeGreaterThanOrEqual(8);
  const addresses = [
    pending.url,
    ...arrivals.map(String),
    ...exchanges.map(({ url }) => url),
    ...sandbox.requests.map(({ path }) => path),
  ];
  expect(addresses.length).toBeGreaterThan(10);
  for (const address of addresses) {
    for (const secret of secrets) {
      expect(address.includes(secret) || address.includes(encodeURIComponent(secret))).toBe(false);
    }
  }
});
