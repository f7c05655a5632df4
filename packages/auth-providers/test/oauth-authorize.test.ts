import { createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { revealSecret } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { ISSUER, openOAuth, options, startedFlow } from './oauth-server.js';

describe('the authorize URL', () => {
  test('asks as Atlassian documents, with PKCE besides', async () => {
    const { flow, pending } = await startedFlow();
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
    const { flow, pending } = await startedFlow();
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
    ['added where no scope tells whose grant it is', ['a'], ['a', 'read:me', 'offline_access']],
    [
      'left out where another does',
      ['read:confluence-user'],
      ['read:confluence-user', 'offline_access'],
    ],
  ] as const)('read:me is %s', async ([, scopes, asked]) => {
    const { flowOf, callOf } = openOAuth(undefined, { scopes });
    const { url } = await flowOf(callOf('u1')).start();
    expect(new URL(url).searchParams.get('scope')?.split(' ')).toEqual(asked);
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
    const { flow } = await startedFlow();
    await flow.start({ redirectUri: options.redirectUri });
    const other = flow.start({ redirectUri: 'https://evil.example/callback' });
    await expect(other).rejects.toMatchObject({ field: 'redirectUri' });
  });
});
