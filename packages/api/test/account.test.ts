import type { AuthProvider, Call } from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { expect, test } from 'vitest';
import { clientOver, SITE_URL } from './chain.js';

const provider = (overrides: Partial<AuthProvider> = {}): AuthProvider => ({
  kind: 'test',
  endpoint: () => SITE_URL,
  credential: () => undefined,
  ...overrides,
});

const visit = (user?: { id: string; accountId?: string }) =>
  createInvocation({ surface: 'terminal', ...(user && { user }) });

test('the account of whoever is invoking, from the invocation or the provider', async () => {
  const asked: Call[] = [];
  const knowing = provider({
    account(call) {
      asked.push(call);
      return 'from-the-grant';
    },
  });
  const { account } = clientOver(new Response(), { user: knowing });
  expect(await runInInvocation(visit({ id: 'ann', accountId: 'vouched' }), account)).toBe(
    'vouched',
  );
  expect(asked).toEqual([]);
  expect(await runInInvocation(visit({ id: 'ann' }), account)).toBe('from-the-grant');
  expect(asked[0]).toMatchObject({
    principal: { kind: 'user' },
    invocation: { user: { id: 'ann' } },
  });
});

test('nobody, where nobody is invoking or nobody knows', async () => {
  const { account } = clientOver(new Response(), { user: provider({ account: () => 'grant' }) });
  expect(await account()).toBeUndefined();
  expect(await runInInvocation(visit(), account)).toBeUndefined();
  const unknowing = clientOver(new Response(), { user: provider() });
  expect(await runInInvocation(visit({ id: 'ann' }), unknowing.account)).toBeUndefined();
});

test('the one person of singleUser(), whoever is invoking', async () => {
  const { account } = clientOver(new Response(), {
    user: provider({ isSingleUser: true, account: () => 'the-one' }),
  });
  expect(await account()).toBe('the-one');
  const visitor = visit({ id: 'ann', accountId: 'vouched' });
  expect(await runInInvocation(visitor, account)).toBe('the-one');
});

test('as Forge says it', async () => {
  const { account } = clientOver(new Response(), {
    user: provider({ knowsUser: true, account: () => 'aaid' }),
  });
  expect(await account()).toBe('aaid');
});
