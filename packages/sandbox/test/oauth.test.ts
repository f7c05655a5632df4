import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ConsentWalkError, type Sandbox, startSandbox, walkConsent } from '../src/index.js';
import { serviceClients } from '../src/oauth/client.js';
import {
  authorizeUrl,
  bearer,
  obtainTokens,
  refresh,
  requestToken,
  send,
  startCallback,
} from './sandbox-client.js';

let sandbox: Sandbox;
let strict: Sandbox;
let callback: Awaited<ReturnType<typeof startCallback>>;
let clock = 0;

beforeAll(async () => {
  callback = await startCallback();
  sandbox = await startSandbox({
    redirectUris: [callback.redirectUri],
    now: () => Date.now() + clock,
  });
  strict = await startSandbox({
    redirectUris: [callback.redirectUri],
    refreshReuseInterval: 0,
  });
});
afterAll(async () => {
  callback.close();
  await strict.close();
  await sandbox.close();
});

const scope = 'read:page:confluence read:me offline_access';
const tokens = (as = 'editor', wanted = scope) => obtainTokens(sandbox, callback, wanted, as);
const me = (token: string) => send(`${sandbox.gatewayUrl}/me`, bearer(token));
const authorize = (parameters: Record<string, string> = {}) =>
  authorizeUrl(sandbox, callback.redirectUri, parameters);
const latest = () => callback.arrived.at(-1)?.searchParams;

describe('consent', () => {
  test('gives a code, the state and the issuer; the code gives tokens once', async () => {
    await walkConsent({ as: 'reader' })(authorize());
    const answer = latest();
    expect(answer?.get('state')).toBe('some-state');
    expect(answer?.get('iss')).toBe(sandbox.authUrl);
    const exchange = () =>
      requestToken(sandbox, {
        grant_type: 'authorization_code',
        code: answer?.get('code') ?? '',
        redirect_uri: callback.redirectUri,
      });
    const first = await exchange();
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope });
    const person = await me(first.body.access_token);
    expect(person.body).toMatchObject({ account_id: sandbox.people.reader.accountId });
    const second = await exchange();
    expect(second.body.error).toBe('invalid_grant');
    // A code used twice is a leak: what it gave is taken back.
    expect((await me(first.body.access_token)).status).toBe(401);
  });

  test('denied, sends the app access_denied', async () => {
    await walkConsent({ as: sandbox.people.editor, deny: true })(authorize());
    expect(latest()?.get('error')).toBe('access_denied');
    expect(latest()?.get('state')).toBe('some-state');
    expect(latest()?.has('code')).toBe(false);
  });

  test.each(['mira.holm@halden.example', 'Mira Holm', 'admin'])('finds %s', async (name) => {
    const { access_token } = await tokens(name);
    const person = await me(access_token);
    expect(person.body).toMatchObject({ account_id: sandbox.people.admin.accountId });
  });

  test('does without offline_access, and then gives no refresh token', async () => {
    expect(await tokens('editor', 'read:me')).not.toHaveProperty('refresh_token');
  });

  test('drops unknown scopes, and refuses when nothing is left', async () => {
    expect(await tokens('editor', 'read:me fly:airplane')).toMatchObject({ scope: 'read:me' });
    await walkConsent({ as: 'editor' })(authorize({ scope: 'fly:airplane' }));
    expect(latest()?.get('error')).toBe('invalid_scope');
  });

  test('takes PKCE with S256, and then insists on the verifier', async () => {
    const verifier = randomBytes(32).toString('base64url');
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const exchange = async (code_verifier: string) => {
      await walkConsent({ as: 'editor' })(
        authorize({ code_challenge: challenge, code_challenge_method: 'S256' }),
      );
      return requestToken(sandbox, {
        grant_type: 'authorization_code',
        code: latest()?.get('code') ?? '',
        redirect_uri: callback.redirectUri,
        code_verifier,
      });
    };
    expect((await exchange(verifier)).status).toBe(200);
    expect((await exchange('x'.repeat(43))).body.error).toBe('invalid_grant');
  });
});

describe('the scripted browser', () => {
  const stopped = async (walk: Promise<void>) => {
    const error: unknown = await walk.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(ConsentWalkError);
    return error as ConsentWalkError;
  };

  test.each(['http://127.0.0.1:1/callback', 'http://localhost:53682/callback'])(
    'meets an error page for %s, which is not registered',
    async (redirect_uri) => {
      const error = await stopped(walkConsent({ as: 'editor' })(authorize({ redirect_uri })));
      expect(error.step).toBe('authorize');
      expect(error.message).toContain('400');
      expect(error.message).toContain('redirect_uri');
    },
  );

  test('another port or a longer path is another redirect URI', async () => {
    for (const redirect_uri of [`${callback.redirectUri}/`, `${callback.redirectUri}?x=1`]) {
      const error = await stopped(walkConsent({ as: 'editor' })(authorize({ redirect_uri })));
      expect(error.message).toContain('redirect_uri');
    }
  });

  test('says that the password is wrong', async () => {
    const stranger = { ...sandbox.people.editor, password: 'guess' };
    const error = await stopped(walkConsent({ as: stranger })(authorize()));
    expect(error.step).toBe('log-in');
    expect(error.message).toContain('Email or password is wrong');
  });

  test('says that nobody listens', async () => {
    const gone = await startCallback();
    gone.close();
    await using lonely = await startSandbox({ redirectUris: [gone.redirectUri] });
    const error = await stopped(
      walkConsent({ as: 'editor' })(authorizeUrl(lonely, gone.redirectUri)),
    );
    expect(error.step).toBe('callback');
  });

  test('says that the app refused the code', async () => {
    const grumpy = await startCallback(400);
    await using own = await startSandbox({ redirectUris: [grumpy.redirectUri] });
    const walk = walkConsent({ as: 'editor' })(authorizeUrl(own, grumpy.redirectUri));
    expect((await stopped(walk)).message).toContain('the app answered 400');
    grumpy.close();
  });

  test('knows who lives here', () => {
    expect(() => walkConsent({ as: 'Santa' })).toThrow('nobody in the sandbox is called "Santa"');
  });
});

describe('refreshing', () => {
  test('rotates, and an answer that got lost can be asked for again', async () => {
    const first = await tokens();
    const before = sandbox.refreshes;
    const second = await refresh(sandbox, first.refresh_token);
    expect(second.status).toBe(200);
    expect(second.body.refresh_token).not.toBe(first.refresh_token);
    const again = await refresh(sandbox, first.refresh_token);
    expect(again.status).toBe(200);
    expect((await me(again.body.access_token)).status).toBe(200);
    expect(sandbox.refreshes).toBe(before + 2);
  });

  test('a token used again ends the family: when its successor was used, and after 10 minutes', async () => {
    const first = await tokens();
    const second = await refresh(sandbox, first.refresh_token);
    const third = await refresh(sandbox, second.body.refresh_token);
    expect(third.status).toBe(200);
    expect((await refresh(sandbox, first.refresh_token)).body.error).toBe('invalid_grant');
    expect((await me(third.body.access_token)).status).toBe(401);

    const late = await tokens();
    const next = await refresh(sandbox, late.refresh_token);
    clock = 601_000;
    expect((await refresh(sandbox, late.refresh_token)).body.error).toBe('invalid_grant');
    expect((await me(next.body.access_token)).status).toBe(401);
    clock = 0;
  });

  test('without a reuse interval, a token used again ends the whole family at once', async () => {
    const first = await obtainTokens(strict, callback, scope);
    const second = await refresh(strict, first.refresh_token);
    const reused = await refresh(strict, first.refresh_token);
    expect(reused.status).toBe(400);
    expect(reused.body.error).toBe('invalid_grant');
    expect((await refresh(strict, second.body.refresh_token)).body.error).toBe('invalid_grant');
    const answer = await send(`${strict.gatewayUrl}/me`, bearer(second.body.access_token));
    expect(answer.status).toBe(401);
    expect(strict.refreshes).toBe(1);
  });

  test('without one, two at once with one token: one wins, and the family ends all the same', async () => {
    const { refresh_token } = await obtainTokens(strict, callback, scope);
    const before = strict.refreshes;
    const answers = await Promise.all([1, 2, 3].map(() => refresh(strict, refresh_token)));
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
    expect(strict.refreshes).toBeLessThanOrEqual(before + 1);
  });

  test('access tokens end by the clock, by expireAccessTokens and by revokeGrants', async () => {
    const first = await tokens();
    expect((await me(first.access_token)).status).toBe(200);
    clock = 3_601_000;
    expect((await me(first.access_token)).status).toBe(401);
    clock = 0;

    sandbox.expireAccessTokens();
    expect((await me(first.access_token)).status).toBe(401);
    const second = await refresh(sandbox, first.refresh_token);
    expect((await me(second.body.access_token)).status).toBe(200);

    sandbox.revokeGrants();
    expect((await me(second.body.access_token)).status).toBe(401);
    expect((await refresh(sandbox, second.body.refresh_token)).body.error).toBe('invalid_grant');
  });

  test('consents stand side by side', async () => {
    const [one, two] = [await tokens(), await tokens()];
    await refresh(sandbox, one.refresh_token);
    expect((await refresh(sandbox, two.refresh_token)).status).toBe(200);
  });
});

describe('the token endpoint', () => {
  test('takes JSON, as Atlassian documents it, and Basic', async () => {
    const { refresh_token } = await tokens();
    const { clientId: client_id, clientSecret: client_secret } = sandbox.client;
    const url = `${sandbox.authUrl}/oauth/token`;
    const json = await send<{ refresh_token: string }>(
      url,
      { 'content-type': 'application/json' },
      {
        method: 'POST',
        body: JSON.stringify({
          grant_type: 'refresh_token',
          client_id,
          client_secret,
          refresh_token,
        }),
      },
    );
    expect(json.status).toBe(200);
    const pair = Buffer.from(`${client_id}:${client_secret}`).toString('base64');
    const withBasic = await send(
      url,
      { authorization: `Basic ${pair}` },
      {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: json.body.refresh_token,
        }),
      },
    );
    expect(withBasic.status).toBe(200);
  });

  test.each(['{', '[]', 'null', '7', '{"grant_type":7}'])('answers %s with 400', async (body) => {
    const answer = await send(
      `${sandbox.authUrl}/oauth/token`,
      { 'content-type': 'application/json' },
      { method: 'POST', body },
    );
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: 'invalid_request' });
  });

  const { clientId, clientSecret } = serviceClients.cloud;
  const service = { client_id: clientId, client_secret: clientSecret };
  const own = { grant_type: 'client_credentials', ...service };

  test('gives a service account a token, without a scope in the request', async () => {
    const { status, body } = await requestToken(sandbox, own);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', expires_in: 3600 });
    expect(body).not.toHaveProperty('refresh_token');
    const base = `${sandbox.gatewayUrl}/ex/confluence/${sandbox.cloudId}/wiki`;
    const current = await send(`${base}/rest/api/user/current`, bearer(body.access_token));
    expect(current.body).toMatchObject({ accountId: sandbox.serviceAccount.accountId });
    const pages = `${base}/api/v2/pages?limit=1`;
    expect((await send(pages, bearer(body.access_token))).status).toBe(200);
    sandbox.expireAccessTokens();
    expect((await send(pages, bearer(body.access_token))).status).toBe(401);
  });

  test.each(['read:page:confluence', 'x'])('refuses it one for the scope %s', async (wanted) => {
    const answer = await requestToken(sandbox, { ...own, scope: wanted });
    expect(answer.status).toBe(400);
    expect(answer.body.error).toBe('invalid_scope');
  });

  test('gives the app no token of its own, and the service account no grant', async () => {
    const app = await requestToken(sandbox, { grant_type: 'client_credentials' });
    expect(app.status).toBe(400);
    const { refresh_token } = await tokens();
    const stolen = { grant_type: 'refresh_token', refresh_token, ...service };
    expect((await requestToken(sandbox, stolen)).status).toBe(400);
  });

  test('needs the client secret', async () => {
    const { refresh_token } = await tokens();
    for (const client_secret of ['', 'wrong']) {
      const answer = await requestToken(sandbox, {
        grant_type: 'refresh_token',
        refresh_token,
        client_secret,
      });
      expect(answer.status).toBe(401);
      expect(answer.body.error).toBe('invalid_client');
    }
  });
});
