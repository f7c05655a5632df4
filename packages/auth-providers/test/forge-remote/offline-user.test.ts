import { inspect } from 'node:util';
import {
  type AuthProvider,
  type Credential,
  PrincipalError,
  revealSecret,
  type ServiceFetchInit,
} from '@tributary/pipeline';
import { authProviderConformance, makeCall, makeResolvedCall } from '@tributary/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  OfflineUserError,
  offlineUser,
  type RemoteInvocation,
} from '../../src/forge-remote/index.js';
import { makeServices } from '../services.js';
import { backendClaims, type Issuer, openIssuer, openRemote, tenant } from './issuer.js';

let issuer: Issuer;
beforeAll(async () => {
  issuer = await openIssuer();
});
afterAll(() => issuer[Symbol.asyncDispose]());

const A = tenant('a');
const B = tenant('b');
const ABSENT = '557058:99999999-8954-42b0-aa38-771a10c88656';
const GRAPHQL = 'https://api.atlassian.com/graphql';

interface Asked {
  readonly url: string;
  readonly authorization: string;
  readonly input: { readonly contextIds: readonly string[]; readonly userId: string };
}

/** The GraphQL gateway: a new token each time, and what it was asked. */
const fakeGateway = () => {
  const asked: Asked[] = [];
  let answer: (input: Asked['input'], count: number) => Response | Promise<Response> = (
    { userId },
    count,
  ) =>
    Response.json({
      data: {
        offlineUserAuthToken: {
          success: true,
          errors: null,
          authToken: { token: `canary-${userId}-${count}`, ttl: 3600 },
        },
      },
    });
  const fetch = async (url: string, init: ServiceFetchInit = {}) => {
    const { variables, query } = JSON.parse(String(init.body));
    expect(query).toContain('mutation');
    expect(init.method).toBe('POST');
    const authorization = new Headers(init.headers).get('authorization') ?? '';
    asked.push({ url, authorization, input: variables.input });
    return answer(variables.input, asked.length);
  };
  return {
    fetch,
    asked,
    answerWith: (next: typeof answer) => {
      answer = next;
    },
  };
};

const open = (options: Parameters<typeof offlineUser>[1] = {}) => {
  const bench = openRemote(issuer);
  const gateway = fakeGateway();
  const services = { ...makeServices({ fetch: gateway.fetch as never }), clock: bench.clock };
  const provider = offlineUser(bench.remote, options)(services);
  const trigger = (of = A, system = `system-${of.accountId}`) =>
    bench.verify(issuer.sign(backendClaims(bench.clock, of)), { 'x-forge-oauth-system': system });
  return { ...bench, gateway, provider, services, trigger };
};

const callFor = (
  provider: AuthProvider,
  invocation: RemoteInvocation,
  accountId: string | undefined = ABSENT,
) =>
  makeResolvedCall({
    invocation,
    site: invocation.site,
    provider,
    base: `${invocation.remote.cloudId === A.cloudId ? A.apiBaseUrl : B.apiBaseUrl}/`,
    principal: { kind: 'user', ...(accountId !== undefined && { accountId }) },
  });

const opened = (credential: Credential | 'unchanged' | undefined) =>
  typeof credential === 'object' ? revealSecret(credential.authorization) : credential;

const credentialOf = async (...of: Parameters<typeof callFor>) =>
  opened(await of[0].credential(callFor(...of)));

test('asks with the system token, for the person and the contexts of the installation', async () => {
  const { provider, trigger, gateway } = open();
  expect(provider.canImpersonate).toBe(true);
  const invocation = await trigger();
  expect(await credentialOf(provider, invocation)).toBe(`Bearer canary-${ABSENT}-1`);
  expect(gateway.asked).toEqual([
    {
      url: GRAPHQL,
      authorization: `Bearer system-${A.accountId}`,
      input: { contextIds: [`ari:cloud:confluence::site/${A.cloudId}`], userId: ABSENT },
    },
  ]);
  expect(await provider.endpoint(callFor(provider, invocation))).toBe(`${A.apiBaseUrl}/`);
});

test('the context may be said by whoever knows better', async () => {
  const graphqlUrl = 'http://127.0.0.1:9/graphql';
  const { provider, trigger, gateway } = open({
    graphqlUrl,
    contextIds: (contexts) => contexts.map(({ cloudId }) => `ari:cloud:jira:${cloudId}:workspace`),
  });
  await credentialOf(provider, await trigger());
  expect(gateway.asked[0]).toMatchObject({
    url: graphqlUrl,
    input: { contextIds: [`ari:cloud:jira:${A.cloudId}:workspace`] },
  });
});

test('a token is kept until shortly before its end, one for each installation and person', async () => {
  const { provider, trigger, gateway, clock } = open();
  const [a, b] = [await trigger(A), await trigger(B)];
  const ask = (invocation: RemoteInvocation, who = ABSENT) =>
    credentialOf(provider, invocation, who);
  const first = await ask(a);
  expect(await ask(await trigger(A, 'a-newer-system-token'))).toBe(first);
  expect(await ask(b)).not.toBe(first);
  expect(await ask(a, '557058:other')).not.toBe(first);
  expect(gateway.asked).toHaveLength(3);
  await clock.advance(3_569_000);
  expect(await ask(a)).toBe(first);
  await clock.advance(1_000);
  expect(await ask(a)).not.toBe(first);
});

test('keys of installation and person never run into each other', async () => {
  const { provider, verify, clock, gateway } = open();
  const trigger = (installationId: string) => {
    const claims = backendClaims(clock);
    const app = { ...claims.app, installationId, installation: { id: installationId } };
    return verify(issuer.sign({ ...claims, app }), { 'x-forge-oauth-system': 'system' });
  };
  await credentialOf(provider, await trigger('a/b'), 'c');
  await credentialOf(provider, await trigger('a'), 'b/c');
  expect(gateway.asked).toHaveLength(2);
});

test('one request serves all who wait, and a caller who gives up ends only his own wait', async () => {
  const { provider, trigger, gateway } = open();
  let go: (response: Response) => void = () => {};
  gateway.answerWith(() => new Promise((resolve) => (go = resolve)));
  const invocation = await trigger();
  const impatient = new AbortController();
  const abandoned = Promise.resolve(
    provider.credential({ ...callFor(provider, invocation), signal: impatient.signal }),
  );
  const waiting = Array.from({ length: 50 }, () => credentialOf(provider, invocation));
  impatient.abort(new Error('enough'));
  await expect(abandoned).rejects.toThrow('enough');
  expect(gateway.asked).toHaveLength(1);
  const authToken = { token: 'one', ttl: 60 };
  go(Response.json({ data: { offlineUserAuthToken: { success: true, authToken } } }));
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['Bearer one']));
});

describe('renewal', () => {
  test('a refused token is replaced once, for all who were refused', async () => {
    const { provider, trigger, gateway, clock } = open();
    const call = callFor(provider, await trigger());
    const rejected = (await provider.credential(call)) as Credential;
    await clock.advance(31_000);
    const renew = () => provider.renew?.(call, rejected, new Response(null, { status: 401 }));
    const renewed = (await Promise.all([renew(), renew(), renew()])).map(opened);
    expect(new Set(renewed)).toEqual(new Set([`Bearer canary-${ABSENT}-2`]));
    expect(opened(await renew())).toBe(renewed[0]);
    expect(gateway.asked).toHaveLength(2);
  });

  test('a token that was given moments ago is not asked for again', async () => {
    const { provider, trigger, gateway } = open();
    const call = callFor(provider, await trigger());
    const rejected = (await provider.credential(call)) as Credential;
    expect(await provider.renew?.(call, rejected, new Response())).toBe('unchanged');
    expect(gateway.asked).toHaveLength(1);
  });
});

describe('the invoking user', () => {
  test('is answered for by their own token, which is never made up for', async () => {
    const { provider, verify, claims, gateway } = open();
    const headers = { 'x-forge-oauth-system': 'system' };
    const there = await verify(issuer.sign(claims()), { ...headers, 'x-forge-oauth-user': 'own' });
    const ask = (who?: string) => {
      const call = callFor(provider, there, who);
      return { ...call, principal: { kind: 'user', ...(who && { accountId: who }) } as const };
    };
    const own = (await provider.credential(ask())) as Credential;
    expect(opened(own)).toBe('Bearer own');
    expect(opened(await provider.credential(ask(A.accountId)))).toBe('Bearer own');
    expect(await provider.renew?.(ask(), own, new Response())).toBe('unchanged');
    const withoutToken = await verify(issuer.sign(claims()), headers);
    const call = { ...ask(), invocation: withoutToken };
    await expect(provider.credential(call)).rejects.toThrow(/appUserToken/);
    expect(gateway.asked).toHaveLength(0);
  });

  test('is nobody in a trigger: asUser() has to say whom', async () => {
    const { provider, trigger } = open();
    const call = { ...callFor(provider, await trigger()), principal: { kind: 'user' } as const };
    await expect(provider.credential(call)).rejects.toBeInstanceOf(PrincipalError);
    const outside = makeCall({ principal: { kind: 'user', accountId: ABSENT } });
    expect(() => provider.endpoint(outside)).toThrow(PrincipalError);
  });
});

describe('a refusal', () => {
  const mutation = (fields: object) => Response.json({ data: { offlineUserAuthToken: fields } });
  const refusals: readonly (readonly [string, () => Response, boolean, RegExp])[] = [
    [
      'in the words of the mutation',
      () => mutation({ success: false, errors: [{ message: 'no\nlicence' }] }),
      false,
      /status 200: no\\u\{a\}licence/,
    ],
    [
      'in the words of GraphQL',
      () => Response.json({ errors: [{ message: 'scope does not match' }] }),
      false,
      /scope does not match/,
    ],
    ['by 401', () => new Response('no', { status: 401 }), false, /401/],
    ['by 429', () => new Response(null, { status: 429 }), true, /429/],
    ['by 503', () => new Response('<html>', { status: 503 }), true, /503/],
    ['without a ttl', () => mutation({ success: true, authToken: { token: 'x' } }), false, /200/],
    [
      'with a token that is none',
      () => mutation({ success: true, authToken: { token: 'a\r\nb', ttl: 1 } }),
      false,
      /no token/,
    ],
    ['with success that is not true', () => mutation({ success: 'true' }), false, /200/],
    ['with a list', () => Response.json([]), false, /200/],
  ];

  test.for(refusals)('%s', async ([, answer, retryable, message]) => {
    const { provider, trigger, gateway } = open();
    gateway.answerWith(answer);
    const error = await credentialOf(provider, await trigger()).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(OfflineUserError);
    expect(error).toMatchObject({ code: 'OFFLINE_USER_REFUSED', retryable, sent: 'no' });
    expect(error.message).toMatch(message);
  });

  test('of the network is retryable, and is not kept', async () => {
    const { provider, trigger, gateway } = open();
    gateway.answerWith(() => Promise.reject(new TypeError('fetch failed')));
    const invocation = await trigger();
    const failing = credentialOf(provider, invocation);
    await expect(failing).rejects.toMatchObject({ retryable: true });
    gateway.answerWith(() => mutation({ success: true, authToken: { token: 'x', ttl: 60 } }));
    expect(await credentialOf(provider, invocation)).toBe('Bearer x');
  });

  test('shows no token, even where the server repeats it', async () => {
    const { provider, trigger, gateway } = open();
    const invocation = await trigger(A, 'canary-system');
    gateway.answerWith(() => Response.json({ errors: [{ message: 'bad canary-system' }] }));
    const error = await credentialOf(provider, invocation).catch((thrown) => thrown);
    expect(`${inspect(error)}${JSON.stringify(error)}${error.stack}`).not.toContain('canary');
  });

  test('shows no part of a token where its words are cut', async () => {
    const { provider, trigger, gateway } = open();
    const token = 'canary-of-the-system';
    const invocation = await trigger(A, token);
    const message = `${'x'.repeat(290)}${token}`;
    gateway.answerWith(() => Response.json({ errors: [{ message }] }));
    const error = await credentialOf(provider, invocation).catch((thrown) => thrown);
    expect(error.message).toContain('xxx');
    expect(error.message).not.toContain('canary');
  });

  test('comes at once without a system token', async () => {
    const { provider, verify, clock, gateway } = open();
    const invocation = await verify(issuer.sign(backendClaims(clock)));
    await expect(credentialOf(provider, invocation)).rejects.toThrow(/appSystemToken/);
    expect(gateway.asked).toHaveLength(0);
  });
});

test('conformance', async () => {
  const { remote, trigger } = open();
  const gateway = fakeGateway();
  gateway.answerWith(({ userId }) => {
    const authToken = { token: `canary-of-${userId}`, ttl: 3600 };
    return Response.json({ data: { offlineUserAuthToken: { success: true, authToken } } });
  });
  const caller = (invocation: RemoteInvocation, accountId: string) => ({
    call: { invocation, site: invocation.site, principal: { kind: 'user', accountId } as const },
    authorization: `Bearer canary-of-${accountId}`,
  });
  const [a, b] = [await trigger(A), await trigger(B)];
  const cases = authProviderConformance({
    create: offlineUser(remote),
    site: a.site,
    fetch: gateway.fetch as never,
    callers: [caller(a, ABSENT), caller(a, '557058:other'), caller(b, '557058:of-b')],
  });
  for (const { run } of cases) await run();
});
