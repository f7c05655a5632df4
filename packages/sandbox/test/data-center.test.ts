import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, startSandbox, walkConsent } from '../src/index.js';
import { bearer, type Headers, send, startCallback, type Tokens } from './sandbox-client.js';

let sandbox: Sandbox;
let callback: Awaited<ReturnType<typeof startCallback>>;

beforeAll(async () => {
  callback = await startCallback();
  sandbox = await startSandbox({ redirectUris: [callback.redirectUri] });
});
afterAll(async () => {
  callback.close();
  await sandbox.close();
});

interface Content {
  readonly results: readonly { readonly id: string; readonly title: string }[];
  readonly size: number;
  readonly _links: { readonly next?: string; readonly base: string };
}

const url = (path: string) => `${sandbox.dataCenter.url}${path}`;
const current = (headers: Headers = {}) => send(url('/rest/api/user/current'), headers);
const pat = (name: keyof Sandbox['people']) => bearer(sandbox.people[name].personalAccessToken);

const requestToken = (parameters: Readonly<Record<string, string>>) => {
  const { clientId: client_id, clientSecret: client_secret } = sandbox.dataCenter.client;
  const body = new URLSearchParams({ client_id, client_secret, ...parameters });
  return send<Tokens>(url('/rest/oauth2/latest/token'), {}, { method: 'POST', body });
};

const obtain = async (scope = 'WRITE') => {
  const verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: sandbox.dataCenter.client.clientId,
    redirect_uri: callback.redirectUri,
    response_type: 'code',
    scope,
    state: 's',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  await walkConsent({ as: 'reader' })(url(`/rest/oauth2/latest/authorize?${query}`));
  return requestToken({
    grant_type: 'authorization_code',
    code: callback.arrived.at(-1)?.searchParams.get('code') ?? '',
    redirect_uri: callback.redirectUri,
    code_verifier: verifier,
  });
};

describe('who it is', () => {
  test('is told by a personal access token, or a user name with its password', async () => {
    const { username, userKey, password } = sandbox.people.reader;
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    for (const headers of [pat('reader'), { authorization: `Basic ${basic}` }]) {
      const { status, body } = await current(headers);
      expect(status).toBe(200);
      expect(body).toMatchObject({ type: 'known', username, userKey });
      expect(body).not.toHaveProperty('accountId');
    }
  });

  test('is an anonymous visitor by a personal access token that is none', async () => {
    const { status, body } = await current(bearer('canary-sandbox-pat-nobody'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ type: 'anonymous' });
  });

  test('is nobody by an OAuth token that is none, by a wrong password, by what Cloud takes', async () => {
    const { username, email, apiToken } = sandbox.people.reader;
    const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
    const wrong = ['Bearer x', basic(`${username}:x`), basic(`${email}:${apiToken}`)];
    for (const authorization of wrong) {
      expect((await current({ authorization })).status).toBe(401);
    }
  });

  test('decides what can be seen', async () => {
    const list = async (headers: Headers) =>
      (await send<Content>(url('/rest/api/content?limit=200'), headers)).body;
    const [all, some, few] = [
      await list(pat('admin')),
      await list(pat('outsider')),
      await list({}),
    ];
    expect(all.size).toBe(200);
    expect(some.size).toBeLessThan(all.size);
    expect(few.size).toBe(some.size);
  });
});

test('content pages by start and limit, and can be read one by one', async () => {
  const query = '/rest/api/content?spaceKey=HELP&limit=3&expand=version,space';
  const first = await send<Content>(url(query), pat('reader'));
  const { next = '', base } = first.body._links;
  expect(base).toBe(sandbox.dataCenter.url);
  const second = await send<Content>(base + next, pat('reader'));
  const ids = [...first.body.results, ...second.body.results].map(({ id }) => id);
  expect(new Set(ids).size).toBe(6);
  const one = await send(url(`/rest/api/content/${ids[0]}?expand=body.storage`), pat('reader'));
  expect(one.body).toMatchObject({
    type: 'page',
    body: { storage: { representation: 'storage' } },
  });
  expect((await send(url('/rest/api/content?spaceKey=NONE'), pat('reader'))).status).toBe(404);
  expect((await send(url('/rest/api/space'), pat('reader'))).status).toBe(404);
  expect((await send(`${sandbox.dataCenter.url}x`)).status).toBe(404);
});

describe('its OAuth provider', () => {
  test('lets a person grant, and renews at the same redirect URI only', async () => {
    const granted = await obtain();
    expect(granted.status).toBe(200);
    const { access_token, refresh_token } = granted.body;
    const { body } = await current(bearer(access_token));
    expect(body).toMatchObject({ username: sandbox.people.reader.username });

    const renew = { grant_type: 'refresh_token', refresh_token };
    expect((await requestToken(renew)).body.error).toBe('invalid_grant');
    const before = sandbox.refreshes;
    const renewed = await requestToken({ ...renew, redirect_uri: callback.redirectUri });
    expect(renewed.status).toBe(200);
    expect(sandbox.refreshes).toBe(before + 1);
    sandbox.expireAccessTokens();
    expect((await current(bearer(renewed.body.access_token))).status).toBe(401);
  });

  test('lets a token for reading change nothing', async () => {
    const write = async (scope: string) => {
      const { body } = await obtain(scope);
      return send(url('/rest/api/content'), bearer(body.access_token), { method: 'POST' });
    };
    expect((await write('READ')).status).toBe(403);
    expect((await write('WRITE')).status).toBe(404);
  });

  test('gives a service account a token, for a scope', async () => {
    const { clientId, clientSecret, userKey } = sandbox.dataCenter.serviceAccount;
    const own = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    };
    const answer = await requestToken({ ...own, scope: 'READ' });
    expect(answer.status).toBe(200);
    expect((await current(bearer(answer.body.access_token))).body).toMatchObject({ userKey });
    for (const wrong of [own, { ...own, scope: 'read:page:confluence' }]) {
      expect((await requestToken(wrong)).body.error).toBe('invalid_scope');
    }
  });

  test('knows no token of Cloud, and the gateway none of its', async () => {
    const { body } = await obtain();
    const answer = await send(`${sandbox.gatewayUrl}/me`, bearer(body.access_token));
    expect(answer.status).toBe(401);
    const { clientId: client_id, clientSecret: client_secret } = sandbox.client;
    const foreign = await requestToken({ grant_type: 'refresh_token', client_id, client_secret });
    expect(foreign.body.error).toBe('invalid_client');
  });
});

test('faults and the journal reach it', async () => {
  sandbox.clearJournal();
  sandbox.failNext({ status: 503, listener: 'data-center' });
  expect((await current(pat('editor'))).status).toBe(503);
  expect((await current(pat('editor'))).status).toBe(200);
  expect(sandbox.requests).toMatchObject([
    { listener: 'data-center', status: 503, principal: sandbox.people.editor.accountId },
    { listener: 'data-center', status: 200 },
  ]);
});
