import { inspect } from 'node:util';
import { revealSecret, Secret } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { callbackFor, ISSUER, keyOf, openOAuth, options, startedFlow } from './oauth-server.js';
import { CLOUD_ID } from './services.js';

describe('the callback', () => {
  test('stores the grant and links the user', async () => {
    const { flow, pending, atlassian, grants, links, clock } = await startedFlow();
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
    const { flow, pending, atlassian, grants } = await startedFlow();
    const callback = callbackFor(pending, 'canary');
    change(callback);
    const error = await flow.complete(pending, callback).catch((e: unknown) => e);
    expect(error).toMatchObject({ code });
    expect(`${inspect(error)}${JSON.stringify(error)}`).not.toMatch(/canary/);
    expect(atlassian.forms).toHaveLength(0);
    expect(await grants.read(keyOf('canary'))).toBeUndefined();
  });

  test('without iss is refused where the metadata promises it, a denial too', async () => {
    const { flow, pending, atlassian, grants } = await startedFlow();
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
    const { flow, pending, atlassian } = await startedFlow();
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
    const { flow, pending, atlassian, consent, clock } = await startedFlow();
    atlassian.publishMetadata(publish);
    expect(await flow.complete(pending, callbackFor(pending, 'ada'))).toEqual({ accountId: 'ada' });
    await consent('u2', 'bob');
    expect(atlassian.metadataAsked).toHaveLength(asked);
    await clock.advance(3_600_001);
    await consent('u3', 'cy');
    expect(atlassian.metadataAsked).toHaveLength(2 * asked);
  });

  test('is found in the metadata of RFC 8414 too', async () => {
    const { flow, pending, atlassian } = await startedFlow();
    atlassian.publishMetadata((url) =>
      url.endsWith('/.well-known/oauth-authorization-server')
        ? Response.json({ issuer: `${ISSUER}/`, ...promise })
        : new Response(null, { status: 404 }),
    );
    const work = flow.complete(pending, callbackFor(pending, 'ada'));
    await expect(work).rejects.toThrow('has no iss');
  });

  test('waits for no better moment where the metadata can not be read now', async () => {
    const { flow, pending, atlassian } = await startedFlow();
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
    const { atlassian, grants, links, pending } = await startedFlow();
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
    const { callOf, flowOf, pending, atlassian } = await startedFlow();
    const work = flowOf(callOf('u2')).complete(pending, callbackFor(pending, 'ada'));
    await expect(work).rejects.toMatchObject({ code: 'CONSENT_CALLBACK' });
    expect(atlassian.forms).toHaveLength(0);
  });

  test('of another app is refused', async () => {
    const { flow, pending } = await startedFlow();
    const other = { ...pending, clientId: 'other' };
    const work = flow.complete(other, callbackFor(pending, 'ada'));
    await expect(work).rejects.toMatchObject({ code: 'CONSENT_CALLBACK' });
  });
});
