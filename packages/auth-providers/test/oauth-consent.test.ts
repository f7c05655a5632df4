import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { revealSecret, Secret } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { callbackFor, fakeAtlassian, ISSUER, keyOf, openOAuth, options } from './oauth-server.js';
import { CLOUD_ID, OTHER_ID } from './services.js';

const start = async () => {
  const opened = openOAuth();
  const flow = opened.flowOf(opened.callOf('u1'));
  const pending = await flow.start();
  return { ...opened, flow, pending };
};

describe('the authorize URL', () => {
  test('asks as Atlassian documents, with PKCE besides', async () => {
    const { flow, pending } = await start();
    const url = new URL(pending.url);
    expect(url.origin + url.pathname).toBe(`${ISSUER}/authorize`);
    const verifier = revealSecret(pending.codeVerifier);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      audience: 'api.atlassian.com',
      client_id: 'client',
      scope: 'read:page:confluence read:me offline_access',
      redirect_uri: options.redirectUri,
      state: pending.state,
      response_type: 'code',
      prompt: 'consent',
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    expect(flow).toMatchObject({
      redirectUri: options.redirectUri,
      allowsAnyLoopbackPort: false,
      scopes: ['read:page:confluence', 'read:me', 'offline_access'],
    });
    expect(pending).toMatchObject({ issuer: ISSUER, clientId: 'client', userId: 'u1' });
    expect(`${inspect(pending)}${JSON.stringify(pending)}`).not.toContain(verifier);
  });

  test('is new each time', async () => {
    const { flow, pending } = await start();
    const again = await flow.start();
    expect(again.state).not.toBe(pending.state);
    expect(revealSecret(again.codeVerifier)).not.toBe(revealSecret(pending.codeVerifier));
  });

  test('asks for exactly the given scopes, and for what tells whose grant it is', async () => {
    const { provider, callOf } = openOAuth();
    const asksFor = async (scopes: readonly string[]) => {
      const flow = provider.authorization?.(callOf('u1'), { scopes });
      const { url, scopes: pending } = (await flow?.start()) ?? {};
      const asked = new URL(url ?? '').searchParams.get('scope')?.split(' ');
      expect(flow?.scopes).toEqual(asked);
      expect(pending).toEqual(asked);
      return asked;
    };
    expect(await asksFor(['write:page:confluence'])).toEqual([
      'write:page:confluence',
      'read:me',
      'offline_access',
    ]);
    expect(await asksFor(['read:confluence-user', 'a', 'a', 'offline_access'])).toEqual([
      'read:confluence-user',
      'a',
      'offline_access',
    ]);
  });

  test.for([
    ['none', []],
    ['two in one', ['a b']],
    ['what is no text', [1 as never]],
    ['too many', Array.from({ length: 49 }, (_, index) => `scope-${index}`)],
  ] as const)('takes no scopes that are %s', ([, scopes]) => {
    const { provider, callOf } = openOAuth();
    let error: unknown;
    try {
      provider.authorization?.(callOf('u1'), { scopes });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', field: 'scopes' });
  });

  test('takes only the registered redirect URI', async () => {
    const { flow } = await start();
    await flow.start({ redirectUri: options.redirectUri });
    const other = flow.start({ redirectUri: 'https://evil.example/callback' });
    await expect(other).rejects.toMatchObject({ field: 'redirectUri' });
  });
});

describe('the callback', () => {
  test('stores the grant and links the user', async () => {
    const { flow, pending, atlassian, grants, links, clock } = await start();
    const callback = callbackFor(pending, 'ada');
    callback.set('iss', `${ISSUER}/`);
    expect(await flow.complete(pending, callback)).toEqual({ accountId: 'ada' });
    expect(Object.fromEntries(atlassian.forms[0] ?? [])).toEqual({
      grant_type: 'authorization_code',
      client_id: 'client',
      client_secret: 'canary-secret',
      code: 'code-of-ada',
      redirect_uri: options.redirectUri,
      code_verifier: revealSecret(pending.codeVerifier),
    });
    const grant = await grants.read(keyOf('ada'));
    expect(grant).toMatchObject({
      scopes: ['read:me', 'offline_access'],
      expiresAt: clock.now() + 3_600_000,
      grantedAt: clock.now(),
      sites: [{ cloudId: CLOUD_ID, url: 'https://example.atlassian.net', name: 'Example' }],
    });
    expect(grant && revealSecret(grant.accessToken)).toBe('canary-access-1');
    expect(await links.read({ issuer: ISSUER, clientId: 'client', userId: 'u1' })).toBe('ada');
  });

  type Change = (callback: URLSearchParams) => void;
  const cases: readonly (readonly [string, string, Change])[] = [
    ['no state', 'CONSENT_CALLBACK', (callback) => callback.delete('state')],
    ['another state', 'CONSENT_CALLBACK', (callback) => callback.set('state', 'x')],
    ['two states', 'CONSENT_CALLBACK', (callback) => callback.append('state', 'x')],
    [
      'another issuer',
      'CONSENT_CALLBACK',
      (callback) => callback.set('iss', 'https://evil.example'),
    ],
    ['no code', 'CONSENT_CALLBACK', (callback) => callback.delete('code')],
    ['two codes', 'CONSENT_CALLBACK', (callback) => callback.append('code', 'x')],
    ['a denial', 'CONSENT_DENIED', (callback) => callback.set('error', 'access_denied')],
    ['another error', 'CONSENT_CALLBACK', (callback) => callback.set('error', 'server_error')],
    [
      'a denial with another state',
      'CONSENT_CALLBACK',
      (callback) => {
        callback.set('error', 'access_denied');
        callback.set('state', 'x');
      },
    ],
  ];
  test.each(cases)('with %s is %s, and nothing is sent or stored', async (_, code, change) => {
    const { flow, pending, atlassian, grants } = await start();
    const callback = callbackFor(pending, 'canary');
    change(callback);
    const error = await flow.complete(pending, callback).catch((e: unknown) => e);
    expect(error).toMatchObject({ code });
    expect(`${inspect(error)}${JSON.stringify(error)}`).not.toMatch(/canary/);
    expect(atlassian.forms).toHaveLength(0);
    expect(await grants.read(keyOf('canary'))).toBeUndefined();
  });

  test('without iss is refused where the metadata promises it, a denial too', async () => {
    const { flow, pending, atlassian, grants } = await start();
    atlassian.publishMetadata(() =>
      Response.json({ issuer: ISSUER, authorization_response_iss_parameter_supported: true }),
    );
    const denial = new URLSearchParams({ error: 'access_denied', state: pending.state });
    for (const callback of [callbackFor(pending, 'ada'), denial]) {
      await expect(flow.complete(pending, callback)).rejects.toMatchObject({
        code: 'CONSENT_CALLBACK',
        message: expect.stringContaining('has no iss'),
      });
    }
    expect(atlassian.metadataAsked).toEqual([`${ISSUER}/.well-known/openid-configuration`]);
    expect(atlassian.forms).toHaveLength(0);
    expect(await grants.read(keyOf('ada'))).toBeUndefined();
    const callback = callbackFor(pending, 'ada');
    callback.set('iss', ISSUER);
    expect(await flow.complete(pending, callback)).toEqual({ accountId: 'ada' });
  });

  test('with iss asks for no metadata, and one with another state neither', async () => {
    const { flow, pending, atlassian } = await start();
    const stranger = callbackFor(pending, 'ada');
    stranger.set('state', 'x');
    await expect(flow.complete(pending, stranger)).rejects.toThrow();
    const callback = callbackFor(pending, 'ada');
    callback.set('iss', ISSUER);
    await flow.complete(pending, callback);
    expect(atlassian.metadataAsked).toEqual([]);
  });

  const promise = { authorization_response_iss_parameter_supported: true };
  test.for([
    ['no metadata', () => new Response(null, { status: 404 }), 2],
    ['metadata elsewhere', () => Response.redirect('https://evil.example/'), 2],
    ['metadata without the promise', () => Response.json({ issuer: ISSUER }), 1],
    [
      "another issuer's metadata",
      () => Response.json({ issuer: 'https://e.example', ...promise }),
      1,
    ],
    ['what is no metadata', () => new Response('<html>'), 1],
  ] as const)('needs no iss where there is %s', async ([, publish, asked]) => {
    const { flow, pending, atlassian, consent, clock } = await start();
    atlassian.publishMetadata(publish);
    expect(await flow.complete(pending, callbackFor(pending, 'ada'))).toEqual({ accountId: 'ada' });
    await consent('u2', 'bob');
    expect(atlassian.metadataAsked).toHaveLength(asked);
    await clock.advance(3_600_001);
    await consent('u3', 'cy');
    expect(atlassian.metadataAsked).toHaveLength(2 * asked);
  });

  test('is found in the metadata of RFC 8414 too', async () => {
    const { flow, pending, atlassian } = await start();
    atlassian.publishMetadata((url) =>
      url.endsWith('/.well-known/oauth-authorization-server')
        ? Response.json({ issuer: `${ISSUER}/`, ...promise })
        : new Response(null, { status: 404 }),
    );
    const work = flow.complete(pending, callbackFor(pending, 'ada'));
    await expect(work).rejects.toThrow('has no iss');
  });

  test('waits for no better moment where the metadata can not be read now', async () => {
    const { flow, pending, atlassian } = await start();
    const failures = [
      () => new Response(null, { status: 503 }),
      () => {
        throw new TypeError('fetch failed');
      },
    ];
    for (const publish of failures) {
      atlassian.publishMetadata(publish);
      await expect(flow.complete(pending, callbackFor(pending, 'ada'))).rejects.toMatchObject({
        code: 'AUTHORIZATION_SERVER',
        retryable: true,
      });
    }
    expect(atlassian.forms).toHaveLength(0);
    atlassian.publishMetadata(() => new Response(null, { status: 404 }));
    expect(await flow.complete(pending, callbackFor(pending, 'ada'))).toEqual({ accountId: 'ada' });
  });

  test('may arrive at another instance than the one that asked', async () => {
    const { atlassian, grants, links, pending } = await start();
    const { codeVerifier, ...plain } = pending;
    // As it travels in a pending record.
    const text = JSON.stringify({ ...plain, codeVerifier: revealSecret(codeVerifier) });
    const other = openOAuth(atlassian, {}, { grants, links });
    const { codeVerifier: verifier, ...rest } = JSON.parse(text);
    const received = { ...rest, codeVerifier: new Secret(verifier) };
    const flow = other.flowOf(other.callOf('u1'));
    expect(await flow.complete(received, callbackFor(received, 'ada'))).toEqual({
      accountId: 'ada',
    });
    expect(await grants.read(keyOf('ada'))).toBeDefined();
  });

  test('of another user than the one that was asked is refused', async () => {
    const { callOf, flowOf, pending, atlassian } = await start();
    const work = flowOf(callOf('u2')).complete(pending, callbackFor(pending, 'ada'));
    await expect(work).rejects.toMatchObject({ code: 'CONSENT_CALLBACK' });
    expect(atlassian.forms).toHaveLength(0);
  });

  test('of another app is refused', async () => {
    const { flow, pending } = await start();
    const other = { ...pending, clientId: 'other' };
    const work = flow.complete(other, callbackFor(pending, 'ada'));
    await expect(work).rejects.toMatchObject({ code: 'CONSENT_CALLBACK' });
  });

  test('of another account than the one that was asked stores nothing', async () => {
    const { consent, grants, links } = openOAuth();
    const work = consent('u1', 'eve', { accountId: 'ada' });
    await expect(work).rejects.toMatchObject({ code: 'CONSENT_CALLBACK' });
    expect(await grants.read(keyOf('eve'))).toBeUndefined();
    expect(await links.read({ issuer: ISSUER, clientId: 'client', userId: 'u1' })).toBeUndefined();
  });

  test('of another account leaves every grant and link as it was', async () => {
    const { consent, flowOf, callOf, grants, links } = openOAuth();
    await consent('u1', 'ada');
    await consent('u2', 'eve');
    const before = [await grants.read(keyOf('ada')), await grants.read(keyOf('eve'))];
    // More is asked of ada, whose grant stands, and eve happens to be logged in.
    const flow = flowOf(callOf('u1'));
    const pending = await flow.start();
    expect(pending.accountId).toBe('ada');
    const work = flow.complete(pending, callbackFor(pending, 'eve'));
    await expect(work).rejects.toThrow(/Another account granted .* nothing was stored/);
    const after = [await grants.read(keyOf('ada')), await grants.read(keyOf('eve'))];
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toBe(before[1]);
    expect(await links.read({ issuer: ISSUER, clientId: 'client', userId: 'u1' })).toBe('ada');
  });

  test('of another account than one that granted since it was asked stores nothing', async () => {
    const { consent, flowOf, callOf, grants } = openOAuth();
    const flow = flowOf(callOf('u1'));
    const pending = await flow.start();
    expect(pending.accountId).toBeUndefined();
    await consent('u1', 'ada');
    const work = flow.complete(pending, callbackFor(pending, 'eve'));
    await expect(work).rejects.toMatchObject({ code: 'CONSENT_CALLBACK' });
    expect(await grants.read(keyOf('eve'))).toBeUndefined();
  });

  test('of another account is taken from a linked user without a grant', async () => {
    const { consent, grants, links } = openOAuth();
    await consent('u1', 'ada');
    await grants.delete(keyOf('ada'));
    expect(await consent('u1', 'eve')).toEqual({ accountId: 'eve' });
    expect(await links.read({ issuer: ISSUER, clientId: 'client', userId: 'u1' })).toBe('eve');
  });

  test('of the account that asUser(accountId) names is required of an unlinked user', async () => {
    const principal = { kind: 'user', accountId: 'ada' } as const;
    const opened = openOAuth();
    await expect(opened.consent('u1', 'eve', { principal })).rejects.toMatchObject({
      code: 'CONSENT_CALLBACK',
    });
    expect(await opened.consent('u1', 'ada', { principal })).toEqual({ accountId: 'ada' });
  });
});

describe('the token endpoint', () => {
  const cases = [
    ['a refused code', 403, { error: 'invalid_grant' }, { code: 'CONSENT_CALLBACK' }],
    [
      'a refused client',
      401,
      { error: 'invalid_client' },
      { code: 'CONFIG_INVALID', field: 'clientSecret' },
    ],
    ['a failure', 500, {}, { code: 'AUTHORIZATION_SERVER', retryable: true }],
    [
      'another refusal',
      400,
      { error: 'invalid_scope' },
      { code: 'AUTHORIZATION_SERVER', retryable: false },
    ],
    ['no token', 200, { token_type: 'bearer' }, { code: 'AUTHORIZATION_SERVER' }],
    [
      'another kind of token',
      200,
      { access_token: 'canary', token_type: 'dpop' },
      { code: 'AUTHORIZATION_SERVER' },
    ],
    [
      'a token that no header can carry',
      200,
      { access_token: 'canary\r\nx: y', token_type: 'bearer' },
      { code: 'AUTHORIZATION_SERVER' },
    ],
  ] as const;
  test.each(cases)('with %s', async (_, status, body, expected) => {
    const opened = openOAuth(fakeAtlassian({ token: () => Response.json(body, { status }) }));
    const error = await opened.consent('u1', 'canary').catch((e: unknown) => e);
    expect(error).toMatchObject(expected);
    expect(`${inspect(error)}${JSON.stringify(error)}`).not.toMatch(/canary/);
  });

  test('that repeats what it was sent', async () => {
    const token = (form: URLSearchParams) =>
      Response.json(
        {
          error: 'invalid_grant',
          error_description: `${decodeURIComponent(`${form}`)} or ${form}`,
        },
        { status: 400 },
      );
    const opened = openOAuth(fakeAtlassian({ token }));
    const error = await opened.consent('u1', 'a+da').catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'CONSENT_CALLBACK' });
    const [form] = opened.atlassian.forms;
    const shown = `${inspect(error)}${JSON.stringify(error)}${(error as Error).stack}`;
    expect(shown).toContain('REDACTED');
    for (const name of ['code', 'client_secret', 'code_verifier']) {
      const value = String(form?.get(name));
      expect(shown).not.toContain(value);
      expect(shown).not.toContain(encodeURIComponent(value));
    }
  });

  test('with a challenge besides', async () => {
    const challenge = () =>
      Response.json(
        { error: 'invalid_client' },
        { status: 401, headers: { 'www-authenticate': 'Basic realm="x"' } },
      );
    const opened = openOAuth(fakeAtlassian({ token: challenge }));
    await expect(opened.consent('u1', 'ada')).rejects.toMatchObject({ field: 'clientSecret' });
  });

  test('without an answer', async () => {
    const down = () => {
      throw new TypeError('fetch failed');
    };
    const opened = openOAuth(fakeAtlassian({ token: down }));
    await expect(opened.consent('u1', 'ada')).rejects.toMatchObject({
      code: 'AUTHORIZATION_SERVER',
      retryable: true,
    });
  });
});

describe('whose grant it is', () => {
  test('is told by Confluence where read:me is not asked for', async () => {
    const atlassian = fakeAtlassian({});
    atlassian.answerTokensWith((form) =>
      atlassian.issue(form.get('code')?.replace('code-of-', '') ?? '', {
        scope: 'read:confluence-user',
      }),
    );
    const opened = openOAuth(atlassian, { scopes: ['read:confluence-user'] });
    expect(await opened.consent('u1', 'ada')).toEqual({ accountId: 'ada' });
  });

  test('untold, stores nothing', async () => {
    const atlassian = fakeAtlassian();
    atlassian.answerTokensWith(() => atlassian.issue('ada', { scope: 'read:confluence-user' }));
    atlassian.listSites([]);
    await expect(openOAuth(atlassian).consent('u1', 'ada')).rejects.toMatchObject({
      code: 'AUTHORIZATION_SERVER',
    });
  });

  test('sites without a UUID are left out, and each is listed once', async () => {
    const opened = openOAuth();
    const url = 'https://example.atlassian.net';
    opened.atlassian.listSites([
      { id: CLOUD_ID, url, scopes: ['a'] },
      { id: CLOUD_ID, url, scopes: ['b'] },
      { id: '../..', url },
      { id: OTHER_ID },
      'x',
      null,
    ]);
    await opened.consent('u1', 'ada');
    expect((await opened.grants.read(keyOf('ada')))?.sites).toEqual([{ cloudId: CLOUD_ID, url }]);
  });
});
