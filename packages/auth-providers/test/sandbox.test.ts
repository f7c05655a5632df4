import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apiToken, singleUser } from '../src/index.js';
import { openChain, openSandbox, passTime } from './sandbox-chain.js';

let opened: Awaited<ReturnType<typeof openSandbox>>;
beforeAll(async () => {
  opened = await openSandbox();
});
afterAll(() => opened[Symbol.asyncDispose]());

const names = () => Object.keys(opened.sandbox.people) as (keyof typeof opened.sandbox.people)[];
const person = (index: number) => {
  const name = names()[index];
  if (name === undefined) throw new Error('nobody there');
  return opened.sandbox.people[name];
};
const newChain = (parts: Parameters<typeof openChain>[2] = {}) =>
  openChain(opened.sandbox, opened.redirectUri, parts);
const accountOf = async (response: Response) => {
  expect(response.status).toBe(200);
  return ((await response.json()) as { accountId: string }).accountId;
};

describe('oauth, over HTTP', () => {
  test('asks, then acts as the person who granted', async () => {
    const chain = newChain();
    await expect(chain.asUser('u1')).rejects.toMatchObject({ code: 'NEEDS_AUTHENTICATION_ERR' });
    const { accountId, email } = person(0);
    expect(await opened.consent(await chain.flow('u1'), email)).toEqual({ accountId });
    expect(await accountOf(await chain.asUser('u1'))).toBe(accountId);
    const pages = await chain.asUser('u1', { path: '/wiki/api/v2/pages?limit=1' });
    expect(pages.status).toBe(200);
    await pages.body?.cancel();
  });

  test('a denial is a denial', async () => {
    const chain = newChain();
    const work = opened.consent(await chain.flow('u1'), person(0).email, true);
    await expect(work).rejects.toMatchObject({ code: 'CONSENT_DENIED' });
  });

  test('100 callers with an expired token make one refresh', async () => {
    const chain = newChain();
    const { accountId, email } = person(0);
    await opened.consent(await chain.flow('u1'), email);
    opened.sandbox.expireAccessTokens();
    const before = opened.sandbox.refreshes;
    const all = Array.from({ length: 100 }, async () => accountOf(await chain.asUser('u1')));
    expect(new Set(await Promise.all(all))).toEqual(new Set([accountId]));
    expect(opened.sandbox.refreshes - before).toBe(1);
    // The rotated token is the one that was kept.
    passTime(31_000);
    opened.sandbox.expireAccessTokens();
    expect(await accountOf(await chain.asUser('u1'))).toBe(accountId);
    expect(opened.sandbox.refreshes - before).toBe(2);
  });

  test('a revoked grant asks again', async () => {
    const chain = newChain();
    const { accountId, email } = person(0);
    await opened.consent(await chain.flow('u1'), email);
    opened.sandbox.revokeGrants();
    await expect(chain.asUser('u1')).rejects.toMatchObject({ code: 'NEEDS_AUTHENTICATION_ERR' });
    await opened.consent(await chain.flow('u1'), email);
    expect(await accountOf(await chain.asUser('u1'))).toBe(accountId);
  });

  test('two users, interleaved, never mix', async () => {
    const chain = newChain();
    const users = new Map([
      ['u1', person(0)],
      ['u2', person(1)],
    ]);
    for (const [id, { email }] of users) await opened.consent(await chain.flow(id), email);
    for (let round = 0; round < 3; round += 1) {
      passTime(31_000);
      opened.sandbox.expireAccessTokens();
      const work = Array.from({ length: 40 }, async (_, index) => {
        const id = index % 2 === 0 ? 'u1' : 'u2';
        expect(await accountOf(await chain.asUser(id))).toBe(users.get(id)?.accountId);
      });
      await Promise.all(work);
    }
  });

  test('a missing scope stays a 401 that can be read, and renews nothing', async () => {
    const chain = newChain();
    await opened.consent(await chain.flow('u1'), person(0).email);
    const before = opened.sandbox.refreshes;
    const response = await chain.asUser('u1', { path: '/wiki/api/v2/spaces' });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('scope does not match');
    expect(opened.sandbox.refreshes).toBe(before);
  });

  test('a token endpoint that is down keeps the grant', async () => {
    const chain = newChain();
    const { accountId, email } = person(0);
    await opened.consent(await chain.flow('u1'), email);
    opened.sandbox.expireAccessTokens();
    opened.sandbox.failNext({
      listener: 'auth',
      pathIncludes: '/oauth/token',
      status: 503,
      times: 2,
    });
    const error = await chain.asUser('u1').catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'GRANT_REFRESH_FAILED', retryable: true });
    expect(inspect(error)).not.toContain(opened.sandbox.client.clientSecret);
    expect(await accountOf(await chain.asUser('u1'))).toBe(accountId);
  });
});

describe('API tokens, over HTTP', () => {
  test('classic at the site, scoped at the gateway, each as its person', async () => {
    const { email, apiToken: classic, scopedToken, accountId } = person(0);
    const atSite = newChain({ app: apiToken({ email, token: classic }) });
    expect(await accountOf(await atSite.asApp())).toBe(accountId);
    const atGateway = newChain({ app: apiToken({ email, token: scopedToken, scoped: true }) });
    expect(await accountOf(await atGateway.asApp())).toBe(accountId);
  });

  test('at the wrong place are refused', async () => {
    const { email, apiToken: classic, scopedToken } = person(0);
    const classicAtGateway = apiToken({ email, token: classic, scoped: true });
    const scopedAtSite = apiToken({ email, token: scopedToken });
    for (const app of [classicAtGateway, scopedAtSite]) {
      const response = await newChain({ app }).asApp();
      expect(response.status).toBe(401);
      await response.body?.cancel();
    }
  });

  test('singleUser acts as its person, and is refused in a web invocation', async () => {
    const { email, apiToken: token } = person(1);
    const chain = newChain({ user: singleUser(apiToken({ email, token })) });
    await expect(chain.asUser('u1')).rejects.toMatchObject({ code: 'PRINCIPAL_UNAVAILABLE' });
  });

  test('a bare call brings its own header or none', async () => {
    const { email, apiToken: token, accountId } = person(0);
    const basic = `Basic ${Buffer.from(`${email}:${token}`).toString('base64')}`;
    const chain = newChain();
    expect(await accountOf(await chain.bare({ headers: { authorization: basic } }))).toBe(
      accountId,
    );
    const anonymous = await chain.bare({ path: '/wiki/api/v2/pages?limit=1' });
    expect(anonymous.status).not.toBe(500);
    await anonymous.body?.cancel();
  });
});
