import { apiToken, singleUser } from '@tributary/auth-providers';
import type { AuthProvider, Invocation } from '@tributary/pipeline';
import { Secret } from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { describe, expect, test } from 'vitest';
import { type ProductApi, route } from '../src/index.js';
import { clientOver, SITE_URL } from './chain.js';

const me = route`/wiki/rest/api/user/current`;

const visit = (id: string, surface: Invocation['surface'] = 'web') =>
  createInvocation({ surface, user: { id, accountId: `account-${id}` } });

/** Answers as whoever is invoking. */
const perUser: AuthProvider = {
  kind: 'per-user',
  endpoint: () => SITE_URL,
  credential: (call) => ({
    authorization: new Secret(`Bearer ${call.invocation?.user?.id}`),
    base: call.base,
  }),
};

const token = () => apiToken({ email: 'me@example.com', token: 'a-classic-token' });

describe('asUser()', () => {
  test('outside an invocation is refused, with what to do', () => {
    const { api } = clientOver(new Response());
    expect(() => api.asUser()).toThrow(/runWithConsent.*singleUser/);
  });

  test('in an invocation without a user is refused', () => {
    const { api } = clientOver(new Response());
    const job = createInvocation({ surface: 'background' });
    runInInvocation(job, () => expect(() => api.asUser()).toThrow(/asApp/));
  });

  test('two interleaved users each act as themselves', async () => {
    const { api, terminal } = clientOver(new Response(), { user: perUser });
    const call = (id: string) =>
      runInInvocation(visit(id), async () => {
        await new Promise((resolve) => setTimeout(resolve, id === 'ann' ? 5 : 1));
        await api.asUser().requestConfluence(me);
      });
    await Promise.all([call('ann'), call('bob'), call('ann'), call('bob')]);
    for (const [index, sent] of terminal.calls.entries()) {
      expect(terminal.outgoing[index]?.authorization).toBe(`Bearer ${sent.invocation?.user?.id}`);
    }
    expect(terminal.calls.map((sent) => sent.invocation?.user?.id).sort()).toEqual([
      'ann',
      'ann',
      'bob',
      'bob',
    ]);
  });

  test('one kept in a module variable and used for the next visitor is refused', async () => {
    const { api, terminal } = clientOver(new Response(), { user: perUser });
    let kept: ProductApi | undefined;
    await runInInvocation(visit('ann'), async () => {
      kept = api.asUser();
      await kept.requestConfluence(me);
    });
    await runInInvocation(visit('bob'), async () => {
      await expect(kept?.requestConfluence(me)).rejects.toMatchObject({
        code: 'PRINCIPAL_UNAVAILABLE',
      });
    });
    await expect(kept?.requestConfluence(me)).rejects.toThrow(/another invocation/);
    expect(terminal.calls).toHaveLength(1);
  });

  test('of another account needs a provider that may impersonate', async () => {
    const refused = clientOver(new Response(), { user: perUser });
    const allowed = clientOver(new Response(), { user: { ...perUser, canImpersonate: true } });
    await runInInvocation(visit('ann'), async () => {
      expect(() => refused.api.asUser('account-bob')).toThrow(/impersonate/);
      await refused.api.asUser('account-ann').requestConfluence(me);
      await allowed.api.asUser('account-bob').requestConfluence(me);
    });
    expect(allowed.terminal.calls[0]?.principal).toEqual({
      kind: 'user',
      accountId: 'account-bob',
    });
  });

  test('needs no invocation where the provider knows by itself who is invoking', async () => {
    const { api, terminal } = clientOver(new Response(), { user: { ...perUser, knowsUser: true } });
    await api.asUser().requestConfluence(me);
    expect(terminal.calls[0]?.principal).toMatchObject({ kind: 'user', accountId: undefined });
  });

  test('never falls back to the app', async () => {
    const { api, terminal } = clientOver(new Response(), { user: undefined as never });
    await runInInvocation(visit('ann'), async () => {
      await expect(api.asUser().requestConfluence(me)).rejects.toMatchObject({ field: 'user' });
    });
    expect(terminal.calls).toHaveLength(0);
  });
});

describe('singleUser', () => {
  test('acts as its one person without an invocation', async () => {
    const { api, terminal } = clientOver(new Response(), { user: singleUser(token()) });
    await api.asUser().requestConfluence(me);
    expect(terminal.outgoing[0]?.authorization).toMatch(/^Basic /);
  });

  test('authorize() asks about that person, whoever sits at the terminal', async () => {
    const answer = () => Response.json({ hasPermission: true });
    const user = { ...perUser, isSingleUser: true, account: () => 'account-me' };
    const { authorize, terminal } = clientOver(answer, { user });
    await runInInvocation(visit('ann', 'terminal'), () =>
      authorize().onConfluenceContent(7).canRead(),
    );
    const { subject } = JSON.parse(String(terminal.calls[0]?.body));
    expect(subject).toEqual({ type: 'user', identifier: 'account-me' });
  });

  test.each(['web', 'forge'] as const)('is refused inside a %s invocation', async (surface) => {
    const { api, terminal } = clientOver(new Response(), { user: singleUser(token()) });
    const kept = api.asUser();
    await runInInvocation(visit('ann', surface), async () => {
      expect(() => api.asUser()).toThrow(surface);
      await expect(kept.requestConfluence(me)).rejects.toThrow(surface);
    });
    expect(terminal.calls).toHaveLength(0);
  });

  test('has no other account to offer', () => {
    const { api } = clientOver(new Response(), { user: singleUser(token()) });
    expect(() => api.asUser('account-bob')).toThrow(/one person only/);
  });

  test('a personal credential without it is refused when the chain is composed', () => {
    expect(() => clientOver(new Response(), { user: token() })).toThrow(/singleUser/);
  });
});
