import { inspect } from 'node:util';
import { type Credential, revealSecret, Secret } from '@tributary/pipeline';
import { authProviderConformance, makeResolvedCall } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { oauth } from '../src/index.js';
import {
  BASE,
  fakeAtlassian,
  grantedOAuth,
  keyOf,
  openOAuth,
  options,
  refreshesOf,
  SITE,
} from './oauth-server.js';
import { OTHER_ID } from './services.js';

const HOUR = 3_600_000;
const opened = (credential: Credential | 'unchanged' | undefined) =>
  credential === 'unchanged' ? credential : credential && revealSecret(credential.authorization);
const unauthorized = () => new Response(null, { status: 401 });

describe('who it acts for', () => {
  test('nobody has granted: no credential, at the base that a grant is used at', async () => {
    const { provider, callOf } = openOAuth();
    expect(await provider.endpoint(callOf('u1'))).toBe(BASE);
    expect(await provider.credential(callOf('u1'))).toBeUndefined();
  });

  test('the invoking user, and no other', async () => {
    const { provider, callOf, consent } = openOAuth();
    await consent('u1', 'ada');
    await consent('u2', 'eve');
    expect(opened(await provider.credential(callOf('u1')))).toBe('Bearer canary-access-1');
    expect(opened(await provider.credential(callOf('u2')))).toBe('Bearer canary-access-2');
    expect(await provider.credential(callOf('u3'))).toBeUndefined();
    expect(await provider.account?.(callOf('u1'))).toBe('ada');
  });

  test('an account that a verified source vouches for needs no link', async () => {
    const { provider, callOf, consent } = openOAuth();
    await consent('u1', 'ada');
    const call = callOf('session-7', { accountId: 'ada' });
    expect(opened(await provider.credential(call))).toBe('Bearer canary-access-1');
  });

  test.each([
    ['another account than their own', 'u1', 'eve'],
    ['another account than the vouched one', 'u2', 'ada'],
  ])('asUser(accountId) with %s is refused', async (_, id, wanted) => {
    const { provider, callOf, consent } = openOAuth();
    await consent('u1', 'ada');
    const principal = { kind: 'user', accountId: wanted } as const;
    const vouched = id === 'u2' ? { accountId: 'eve' } : {};
    const call = callOf(id, { principal, ...vouched });
    await expect(provider.credential(call)).rejects.toMatchObject({
      code: 'PRINCIPAL_UNAVAILABLE',
    });
  });

  test("naming somebody's account gives an unlinked user nothing of theirs", async () => {
    const { provider, callOf, consent } = openOAuth();
    await consent('u1', 'ada');
    const call = callOf('u2', { principal: { kind: 'user', accountId: 'ada' } });
    expect(await provider.credential(call)).toBeUndefined();
  });

  test('without an invoking user, and as the app, it is refused', async () => {
    const { provider } = openOAuth();
    for (const kind of ['user', 'app'] as const) {
      const call = makeResolvedCall({ site: SITE, base: BASE, principal: { kind } });
      await expect(provider.credential(call)).rejects.toMatchObject({
        code: 'PRINCIPAL_UNAVAILABLE',
      });
    }
  });

  test('a site that a later consent left out is refused, wherever the later grant comes in', async () => {
    const outside = { code: 'PRINCIPAL_UNAVAILABLE', message: expect.stringContaining(OTHER_ID) };
    const later = {
      accessToken: new Secret('canary-access-later'),
      sites: [{ cloudId: OTHER_ID, url: `https://${OTHER_ID}.atlassian.net` }],
    };
    const refused = await grantedOAuth();
    await refused.change(later);
    await expect(refused.renew('Bearer canary-access-1')).rejects.toMatchObject(outside);

    // Another process stores it while this one waits for its turn to renew.
    const expired = await grantedOAuth();
    const { exclusive } = expired.grants;
    expired.grants.exclusive = async (key, decide) => {
      expired.grants.exclusive = exclusive;
      await expired.change({ ...later, expiresAt: expired.clock.now() + HOUR });
      return exclusive(key, decide);
    };
    await expired.clock.advance(HOUR);
    await expect(expired.token()).rejects.toMatchObject(outside);
    expect(refreshesOf(expired.atlassian)).toBe(0);
  });

  test('a site that is not in the grant is refused, naming those that are', async () => {
    const { provider, callOf, consent, atlassian } = openOAuth();
    atlassian.listSites([{ id: OTHER_ID, url: 'https://other.atlassian.net\u001b[31m' }]);
    await consent('u1', 'ada');
    const error = await Promise.resolve(provider.credential(callOf('u1'))).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'PRINCIPAL_UNAVAILABLE' });
    expect(String(error)).toContain('https://other.atlassian.net\\u{1b}');
  });
});

describe('a refused credential', () => {
  test('is renewed once for all who saw it refused', async () => {
    const { provider, callOf, consent, atlassian } = openOAuth();
    await consent('u1', 'ada');
    const rejected = await provider.credential(callOf('u1'));
    if (rejected === undefined) throw new Error('no credential');
    const all = Array.from({ length: 50 }, () =>
      provider.renew?.(callOf('u1'), rejected, unauthorized()),
    );
    const tokens = new Set((await Promise.all(all)).map((credential) => opened(credential)));
    expect(tokens).toEqual(new Set(['Bearer canary-access-2']));
    expect(refreshesOf(atlassian)).toBe(1);
    // Who comes late adopts what is stored.
    expect(opened(await provider.renew?.(callOf('u1'), rejected, unauthorized()))).toBe(
      'Bearer canary-access-2',
    );
    expect(refreshesOf(atlassian)).toBe(1);
  });

  test('of a revoked grant needs consent, and then works again', async () => {
    const { provider, callOf, consent, atlassian } = openOAuth();
    await consent('u1', 'ada');
    const rejected = await provider.credential(callOf('u1'));
    if (rejected === undefined) throw new Error('no credential');
    atlassian.answerTokensWith(() => Response.json({ error: 'invalid_grant' }, { status: 403 }));
    expect(await provider.renew?.(callOf('u1'), rejected, unauthorized())).toBeUndefined();
    expect(await provider.credential(callOf('u1'))).toBeUndefined();
    atlassian.answerTokensWith(undefined);
    await consent('u1', 'ada');
    expect(opened(await provider.credential(callOf('u1')))).toBe('Bearer canary-access-2');
  });
});

describe('two users, interleaved', () => {
  test('never get a token of each other', async () => {
    const { provider, callOf, consent, clock, atlassian } = openOAuth();
    const owners = new Map<string, string>();
    const { issue } = atlassian;
    atlassian.answerTokensWith(async (form) => {
      const account = form.get('code')?.slice(8) ?? owners.get(form.get('refresh_token') ?? '');
      if (account === undefined) return Response.json({ error: 'invalid_grant' }, { status: 403 });
      const response = issue(account);
      const { access_token, refresh_token } = await response.clone().json();
      owners.set(access_token, account);
      owners.set(refresh_token, account);
      return response;
    });
    await Promise.all([consent('u-ada', 'ada'), consent('u-eve', 'eve')]);
    for (let round = 0; round < 5; round += 1) {
      await clock.advance(HOUR);
      const work = Array.from({ length: 100 }, async (_, index) => {
        const account = index % 2 === 0 ? 'ada' : 'eve';
        const call = callOf(`u-${account}`);
        const credential = await provider.credential(call);
        const answer =
          credential && index % 10 < 2
            ? await provider.renew?.(call, credential, unauthorized())
            : credential;
        const renewed = answer === 'unchanged' ? credential : answer;
        expect(owners.get(opened(renewed)?.slice(7) ?? '')).toBe(account);
      });
      await Promise.all(work);
    }
  });
});

describe('secrets', () => {
  test('stay in', async () => {
    const { provider, callOf, consent, grants, logger, clock } = openOAuth();
    await consent('u1', 'ada');
    await clock.advance(HOUR);
    const credential = await provider.credential(callOf('u1'));
    const grant = await grants.read(keyOf('ada'));
    const shown = [provider, credential, grant, oauth(options)].map(
      (value) => `${inspect(value, { depth: 12, showHidden: true })}${JSON.stringify(value)}`,
    );
    expect(`${shown.join()}${logger.text()}`).not.toMatch(/canary|access-|refresh-\d/);
  });
});

test('a refresh token that the server repeats is in no log', async () => {
  const { atlassian, provider, callOf, consent, logger, clock } = openOAuth();
  await consent('u1', 'ada');
  await clock.advance(HOUR);
  atlassian.answerTokensWith((form) =>
    Response.json(
      {
        error: 'invalid_grant',
        error_description: `The refresh token ${form.get('refresh_token')} is unknown`,
      },
      { status: 403 },
    ),
  );
  expect(await provider.credential(callOf('u1'))).toBeUndefined();
  expect(logger.text()).toContain('The refresh token REDACTED is unknown');
});

describe('conformance', () => {
  const user = (id: string) => openOAuth().callOf(id);
  const cases = authProviderConformance({
    site: SITE,
    callers: [
      { call: user('u-ada'), authorization: 'Bearer canary-access-1' },
      { call: user('u-eve'), authorization: 'Bearer canary-access-2' },
      { call: user('u-none') },
    ],
    async create(services) {
      const atlassian = fakeAtlassian();
      const provider = oauth(options)({ ...services, fetch: atlassian.fetch });
      for (const account of ['ada', 'eve']) {
        const flow = provider.authorization?.(user(`u-${account}`));
        const pending = await flow?.start();
        if (pending === undefined) throw new Error('nobody can be asked');
        const callback = { code: `code-of-${account}`, state: pending.state };
        await flow?.complete(pending, new URLSearchParams(callback));
      }
      return provider;
    },
  });
  for (const { name, run } of cases) test(name, run);
});
