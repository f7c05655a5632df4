import { inspect } from 'node:util';
import { type Credential, revealSecret, Secret } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { fakeAtlassian, keyOf, openOAuth, refreshesOf } from './oauth-server.js';

const HOUR = 3_600_000;
const opened = (credential: Credential | 'unchanged' | undefined) =>
  credential === 'unchanged' ? credential : credential && revealSecret(credential.authorization);

describe('an expired grant', () => {
  test('is refreshed before use, once for all callers', async () => {
    const { provider, callOf, consent, clock, atlassian, grants } = openOAuth();
    await consent('u1', 'ada');
    const granted = await grants.read(keyOf('ada'));
    await clock.advance(HOUR);
    const all = Array.from({ length: 100 }, () => provider.credential(callOf('u1')));
    const tokens = new Set((await Promise.all(all)).map(opened));
    expect(tokens).toEqual(new Set(['Bearer canary-access-2']));
    expect(refreshesOf(atlassian)).toBe(1);
    expect(Object.fromEntries(atlassian.forms.at(-1) ?? [])).toEqual({
      grant_type: 'refresh_token',
      refresh_token: 'canary-refresh-1',
      client_id: 'client',
      client_secret: 'canary-secret',
    });
    const stored = await grants.read(keyOf('ada'));
    expect(stored).toMatchObject({
      expiresAt: clock.now() + HOUR,
      obtainedAt: clock.now(),
      grantedAt: granted?.grantedAt,
      sites: granted?.sites,
    });
    expect(stored?.refreshToken && revealSecret(stored.refreshToken)).toBe('canary-refresh-2');
  });

  test('keeps its refresh token when the reply has none', async () => {
    const { provider, callOf, consent, clock, atlassian, grants } = openOAuth();
    await consent('u1', 'ada');
    await clock.advance(HOUR);
    atlassian.answerTokensWith(() => atlassian.issue('ada', { refresh_token: undefined }));
    await provider.credential(callOf('u1'));
    const stored = await grants.read(keyOf('ada'));
    expect(stored?.refreshToken && revealSecret(stored.refreshToken)).toBe('canary-refresh-1');
  });

  test('without a refresh token needs consent', async () => {
    const atlassian = fakeAtlassian();
    atlassian.answerTokensWith((form) =>
      atlassian.issue(form.get('code')?.slice(8) ?? '', { refresh_token: undefined }),
    );
    const { provider, callOf, consent, clock } = openOAuth(atlassian);
    await consent('u1', 'ada');
    await clock.advance(HOUR);
    expect(await provider.credential(callOf('u1'))).toBeUndefined();
  });

  test('that another process renewed is adopted', async () => {
    const { provider, callOf, consent, clock, atlassian, grants } = openOAuth();
    await consent('u1', 'ada');
    await clock.advance(HOUR);
    let release = () => {};
    const held = grants.exclusive(keyOf('ada'), async (grant) => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      if (grant === undefined) return 'keep';
      const expiresAt = clock.now() + HOUR;
      return { write: { ...grant, accessToken: new Secret('from-elsewhere'), expiresAt } };
    });
    const work = provider.credential(callOf('u1'));
    await clock.advance(0);
    release();
    await held;
    expect(opened(await work)).toBe('Bearer from-elsewhere');
    expect(refreshesOf(atlassian)).toBe(0);
  });

  const documented = 'Unknown or invalid refresh token.';
  const dead = [400, 401, 403].flatMap((status) => [
    [status, { error: 'invalid_grant', error_description: documented }] as const,
    [
      status,
      { error: 'unauthorized_client', error_description: 'refresh_token is invalid' },
    ] as const,
  ]);
  test.each(dead)(
    'that the server refuses (%i %o) is gone, and needs consent',
    async (status, body) => {
      const { provider, callOf, consent, clock, atlassian, grants } = openOAuth();
      await consent('u1', 'ada');
      await clock.advance(HOUR);
      atlassian.answerTokensWith(() => Response.json(body, { status }));
      expect(await provider.credential(callOf('u1'))).toBeUndefined();
      expect(await grants.read(keyOf('ada'))).toBeUndefined();
    },
  );

  test('that is refused since somebody else spent it is not cleared', async () => {
    const { provider, callOf, consent, clock, atlassian, grants } = openOAuth();
    await consent('u1', 'ada');
    const grant = await grants.read(keyOf('ada'));
    if (grant === undefined) throw new Error('no grant');
    await clock.advance(HOUR);
    const newer = {
      ...grant,
      accessToken: new Secret('newer'),
      refreshToken: new Secret('newer'),
      expiresAt: clock.now() + HOUR,
    };
    // As a store whose lease had ended would let another process do.
    const { read } = grants;
    atlassian.answerTokensWith(() => {
      Object.assign(grants, { read: async () => newer });
      return Response.json({ error: 'invalid_grant' }, { status: 403 });
    });
    await provider.credential(callOf('u1'));
    Object.assign(grants, { read });
    expect(await grants.read(keyOf('ada'))).toBe(grant);
  });

  const passing = [
    [
      'a failure',
      () => new Response('', { status: 503 }),
      { code: 'GRANT_REFRESH_FAILED', retryable: true },
    ],
    [
      'too many requests',
      () => new Response('', { status: 429 }),
      { code: 'GRANT_REFRESH_FAILED', retryable: true },
    ],
    [
      'a page',
      () => new Response('<html>canary'),
      { code: 'GRANT_REFRESH_FAILED', retryable: true },
    ],
    [
      'a firewall',
      () => new Response('<html>canary', { status: 403 }),
      { code: 'AUTHORIZATION_SERVER' },
    ],
    [
      'a refused app',
      () =>
        Response.json({ error: 'unauthorized_client', error_description: 'app' }, { status: 403 }),
      { code: 'CONFIG_INVALID', field: 'clientSecret' },
    ],
    [
      'no answer',
      () => {
        throw new TypeError('fetch failed');
      },
      { code: 'GRANT_REFRESH_FAILED', retryable: true, sent: 'no' },
    ],
  ] as const;
  test.each(passing)('meets %s: the grant is kept', async (_, answer, expected) => {
    const { provider, callOf, consent, clock, atlassian, grants } = openOAuth();
    await consent('u1', 'ada');
    const grant = await grants.read(keyOf('ada'));
    await clock.advance(HOUR);
    atlassian.answerTokensWith(answer);
    const error = await Promise.resolve(provider.credential(callOf('u1'))).catch((e: unknown) => e);
    expect(error).toMatchObject(expected);
    expect(`${inspect(error)}${JSON.stringify(error)}`).not.toMatch(/canary/);
    expect(await grants.read(keyOf('ada'))).toBe(grant);
    atlassian.answerTokensWith(undefined);
    expect(opened(await provider.credential(callOf('u1')))).toBe('Bearer canary-access-2');
  });

  test('whose answer got lost is asked for once more', async () => {
    const { provider, callOf, consent, clock, atlassian } = openOAuth();
    await consent('u1', 'ada');
    await clock.advance(HOUR);
    let isLost = false;
    atlassian.answerTokensWith(() => {
      if (isLost) return atlassian.issue('ada');
      isLost = true;
      throw new TypeError('socket hang up');
    });
    expect(opened(await provider.credential(callOf('u1')))).toBe('Bearer canary-access-2');
    expect(refreshesOf(atlassian)).toBe(2);
  });

  test('a caller that gives up does not end the refresh for the others', async () => {
    const { provider, callOf, consent, clock, atlassian } = openOAuth();
    await consent('u1', 'ada');
    await clock.advance(HOUR);
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    atlassian.answerTokensWith(async () => {
      await answered;
      return atlassian.issue('ada');
    });
    const controller = new AbortController();
    const reason = new Error('gave up');
    const first = provider.credential(callOf('u1', { signal: controller.signal }));
    const late = provider.credential(callOf('u1', { deadline: clock.monotonic() + 100 }));
    const patient = provider.credential(callOf('u1'));
    const outcomes = Promise.allSettled([first, late]);
    await clock.advance(0);
    controller.abort(reason);
    await clock.advance(100);
    expect(await outcomes).toMatchObject([{ reason }, { reason: { code: 'TIMEOUT' } }]);
    answer();
    expect(opened(await patient)).toBe('Bearer canary-access-2');
    expect(refreshesOf(atlassian)).toBe(1);
  });

  test('a token endpoint that hangs is given up, and the grant is kept', async () => {
    const { provider, callOf, consent, clock, atlassian, grants } = openOAuth();
    await consent('u1', 'ada');
    await clock.advance(HOUR);
    atlassian.answerTokensWith((_form, signal) => {
      return new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
    });
    const work = Promise.resolve(provider.credential(callOf('u1'))).catch((e: unknown) => e);
    await clock.advance(30_000);
    expect(await work).toMatchObject({ code: 'GRANT_REFRESH_FAILED', retryable: true });
    expect(await grants.read(keyOf('ada'))).toBeDefined();
  });
});
