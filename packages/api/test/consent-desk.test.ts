import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiToken, cloud, oauth, singleUser } from '@tributary/auth-providers';
import { encryption, generateEncryptionKey, sqliteGrants } from '@tributary/auth-providers/sqlite';
import { type PendingAuthorization, revealSecret, Secret } from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { type Sandbox, startSandbox, walkConsent } from '@tributary/sandbox';
import { staticProvider } from '@tributary/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTributary, ensureOk, route, type Tributary } from '../src/index.js';
import { clientOver, SITE_URL } from './chain.js';

const WHO = route`/wiki/rest/api/user/current`;
const SCOPES = ['read:confluence-user'];
const HOUR_MS = 3_600_000;

/** As it lies in a pending record between two instances. */
const toText = ({ codeVerifier, ...rest }: PendingAuthorization): string =>
  JSON.stringify({ ...rest, codeVerifier: revealSecret(codeVerifier) });
const fromText = (text: string): PendingAuthorization => {
  const { codeVerifier, ...rest } = JSON.parse(text);
  return { ...rest, codeVerifier: new Secret(codeVerifier) };
};

describe('two instances over one store', () => {
  const key = generateEncryptionKey();
  const callbacks: URLSearchParams[] = [];
  const app = createServer((request, response) => {
    callbacks.push(new URL(request.url ?? '/', 'http://127.0.0.1').searchParams);
    response.end('done');
  });
  let folder: string;
  let sandbox: Sandbox;
  let redirectUri: string;
  let clients: readonly [Tributary, Tributary];

  const open = (): Tributary =>
    createTributary({
      site: cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl }),
      user: oauth({
        clientId: sandbox.client.clientId,
        clientSecret: sandbox.client.clientSecret,
        redirectUri,
        scopes: SCOPES,
        authorizationServer: sandbox.authUrl,
      }),
      grants: sqliteGrants({ path: join(folder, 'grants.db'), encryption: encryption({ key }) }),
    });

  beforeAll(async () => {
    app.listen(0, '127.0.0.1');
    await once(app, 'listening');
    redirectUri = `http://127.0.0.1:${(app.address() as AddressInfo).port}/callback`;
    folder = await mkdtemp(join(tmpdir(), 'tributary-'));
    sandbox = await startSandbox({ redirectUris: [redirectUri] });
    clients = [open(), open()];
  });
  afterAll(async () => {
    for (const client of clients) await client[Symbol.asyncDispose]();
    await sandbox.close();
    app.closeAllConnections();
    app.close();
    await rm(folder, { recursive: true });
  });

  const walk = async (url: string, as: string): Promise<URLSearchParams> => {
    await walkConsent({ as })(url);
    return callbacks.pop() ?? new URLSearchParams();
  };

  /** Asked by the first instance, answered at the second. */
  const grantAcross = async (id: string, as: string, scopes?: readonly string[]) => {
    const [one, other] = clients;
    const asked = { user: { id }, ...(scopes && { scopes }) };
    const pending = await one.consent.flow(asked).start();
    await one.consent.pending.write(pending.state, toText(pending), HOUR_MS);
    const callback = await walk(pending.url, as);
    const kept = await other.consent.pending.take(callback.get('state') ?? '');
    expect(await one.consent.pending.take(pending.state)).toBeUndefined();
    return other.consent.flow(asked).complete(fromText(kept ?? ''), callback);
  };

  const whoAmI = (client: Tributary, id: string): Promise<unknown> =>
    runInInvocation(createInvocation({ surface: 'web', user: { id } }), async () => {
      const response = await ensureOk(client.asUser().requestConfluence(WHO));
      return ((await response.json()) as { readonly accountId: string }).accountId;
    });

  const needsConsent = { code: 'NEEDS_AUTHENTICATION_ERR' };

  test('ask at one, are answered at the other, and forget everywhere', async () => {
    const [one, other] = clients;
    const { editor, reader } = sandbox.people;
    await grantAcross('u1', 'editor');
    await grantAcross('u2', 'reader');
    for (const client of clients) expect(await whoAmI(client, 'u1')).toBe(editor.accountId);

    expect(await other.consent.revoke({ id: 'u1' })).toEqual({
      accountId: editor.accountId,
      atAtlassian: {
        url: 'https://id.atlassian.com/manage-profile/apps',
        what: expect.any(String),
      },
    });
    for (const client of clients) {
      await expect(whoAmI(client, 'u1')).rejects.toMatchObject(needsConsent);
      expect(await whoAmI(client, 'u2')).toBe(reader.accountId);
    }
    expect(await one.consent.revoke({ id: 'u1' })).not.toHaveProperty('accountId');

    await grantAcross('u1', 'editor');
    expect(await whoAmI(one, 'u1')).toBe(editor.accountId);
  });

  test('ask for other scopes, which the new grant holds alone', async () => {
    const [one] = clients;
    const { admin } = sandbox.people;
    await grantAcross('u3', 'admin', ['read:page:confluence', 'read:confluence-user']);
    expect(await whoAmI(one, 'u3')).toBe(admin.accountId);
    const read = () => one.asUser().requestConfluence(route`/wiki/api/v2/pages`);
    const invocation = createInvocation({ surface: 'web', user: { id: 'u3' } });
    expect((await runInInvocation(invocation, read)).status).toBe(200);
    await grantAcross('u3', 'admin');
    expect((await runInInvocation(invocation, read)).status).toBe(401);
  });

  test('take no grant by another account than the one whose grant stands', async () => {
    const [one, other] = clients;
    const { editor } = sandbox.people;
    await grantAcross('u4', 'editor');
    await expect(grantAcross('u4', 'outsider')).rejects.toThrow(/Another account granted/);
    for (const client of [one, other]) expect(await whoAmI(client, 'u4')).toBe(editor.accountId);
  });

  test('take no callback without iss, which the server promises', async () => {
    const { consent } = clients[0];
    const flow = consent.flow({ user: { id: 'u5' } });
    const pending = await flow.start();
    const callback = await walk(pending.url, 'editor');
    expect(callback.get('iss')).toBe(sandbox.authUrl);
    callback.delete('iss');
    await expect(flow.complete(pending, callback)).rejects.toThrow('has no iss');
    await expect(whoAmI(clients[1], 'u5')).rejects.toMatchObject(needsConsent);
  });
});

describe('what can not be', () => {
  const flowOf = (client: Tributary, asked: Parameters<Tributary['consent']['flow']>[0]) => () =>
    client.consent.flow(asked);
  const user = oauth({
    clientId: 'client',
    clientSecret: 'secret',
    redirectUri: 'http://localhost:1/callback',
    scopes: SCOPES,
  });
  const site = cloud('https://example.atlassian.net');

  test.for([
    ['nobody', {}],
    [
      'one with a static credential',
      { user: singleUser(apiToken({ email: 'a@b.c', token: 't' })) },
    ],
  ] as const)('as the user %s', async ([, users]) => {
    await using client = createTributary({ site, ...users });
    const wrong = { code: 'CONFIG_INVALID', field: 'user' };
    expect(flowOf(client, { user: { id: 'u' } })).toThrow(expect.objectContaining(wrong));
    await expect(client.consent.revoke({ id: 'u' })).rejects.toMatchObject(wrong);
  });

  test.for([undefined, {}, { id: '' }, { id: 1 }])('the user %j', async (who) => {
    await using client = createTributary({ site, user });
    const wrong = { code: 'CONFIG_INVALID', field: 'user' };
    expect(flowOf(client, { user: who as never })).toThrow(expect.objectContaining(wrong));
    await expect(client.consent.revoke(who as never)).rejects.toMatchObject(wrong);
  });

  test('a site that nobody names, or of another deployment', async () => {
    const provider = staticProvider({ base: SITE_URL });
    const { consent } = createTributary({ user: { ...provider, authorization: () => never() } });
    expect(() => consent.flow({ user: { id: 'u' } })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', field: 'site' }),
    );
    await using client = createTributary({ site, user });
    const center = { url: 'https://intranet.example.com/', deployment: 'data-center' } as const;
    expect(flowOf(client, { user: { id: 'u' }, site: center })).toThrow(/dataCenterOAuth/);
  });
});

const never = (): never => {
  throw new Error('was asked');
};

test('nothing is asked for or forgotten by what stands on Object.prototype', async () => {
  const seen: unknown[] = [];
  const note = (asked: { readonly site: unknown; readonly invocation?: unknown }) => {
    const { user } = asked.invocation as { readonly user: { readonly accountId?: string } };
    seen.push([asked.site, user.accountId]);
  };
  const { consent, site } = clientOver(new Response(), {
    user: {
      ...staticProvider({ base: SITE_URL }),
      authorization(asked, options) {
        note(asked);
        seen.push(Object.hasOwn(options ?? {}, 'scopes'));
        return {} as never;
      },
      revoke: async (asked) => {
        note(asked);
        return {} as never;
      },
    },
  });
  const pollution = { accountId: 'victim', site: { url: 'https://evil.example/' }, scopes: ['x'] };
  for (const [key, value] of Object.entries(pollution)) {
    Object.defineProperty(Object.prototype, key, { value, configurable: true, writable: true });
  }
  let revoked: Promise<unknown> | undefined;
  try {
    consent.flow({ user: { id: 'u' } });
    revoked = consent.revoke({ id: 'u' });
  } finally {
    for (const key of Object.keys(pollution)) Reflect.deleteProperty(Object.prototype, key);
  }
  await revoked;
  expect(seen).toEqual([[site, undefined], false, [site, undefined]]);
});
