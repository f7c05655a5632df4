import { NeedsAuthenticationError, type ResolvedCall } from '@tributary/pipeline';
import { createInvocation } from '@tributary/pipeline/invocation';
import { makeResolvedCall, middlewareConformance, staticProvider } from '@tributary/testing';
import { describe, expect, it } from 'vitest';
import { missingScopes } from '../src/ask-for-more.js';
import { consent } from '../src/index.js';
import { fakeFlow } from './support/fake-flow.js';
import { rejectionOf } from './support/outcome.js';

const CONFIGURED = ['read:page:confluence', 'read:me', 'offline_access'];

/** The gateway's answer, and whether its body was let go of. */
const mismatch = (status = 401) => {
  let isCancelled = false;
  const body = new ReadableStream({
    start(controller) {
      const text = JSON.stringify({ code: 401, message: 'Unauthorized; scope does not match' });
      controller.enqueue(new TextEncoder().encode(text));
      controller.close();
    },
    cancel() {
      isCancelled = true;
    },
  });
  const response = new Response(body, {
    status,
    headers: {
      'content-type': 'application/json',
      'x-failure-category': 'FAILURE_CLIENT_SCOPE_CHECK',
    },
  });
  return { response, isLetGo: () => isCancelled || response.bodyUsed };
};

interface Setting {
  readonly granted?: readonly string[];
  readonly provider?: Partial<ResolvedCall['provider']>;
  readonly call?: Partial<ResolvedCall>;
}

const spaces = { template: '/wiki/api/v2/spaces', path: '/wiki/api/v2/spaces', method: 'GET' };

const callWith = ({ granted = CONFIGURED, provider, call }: Setting = {}) =>
  makeResolvedCall({
    ...spaces,
    principal: { kind: 'user' },
    invocation: createInvocation({ surface: 'terminal', user: { id: 'ada' } }),
    provider: {
      ...staticProvider({ base: 'https://api.example/' }),
      kind: 'oauth',
      authorization: (_, { scopes = CONFIGURED } = {}) => fakeFlow({ scopes }),
      verify: async ({ site }) => ({ accountId: 'account-1', site: site.url, scopes: granted }),
      ...provider,
    },
    ...call,
  });

const send = (call: ResolvedCall, response: Response, incremental = true) =>
  consent({ incremental }).wrap(async () => response)(call);

describe('consent({ incremental: true })', () => {
  it('asks for what is granted and what is missing, and lets go of the answer', async () => {
    const { response, isLetGo } = mismatch();
    const call = callWith({ granted: ['read:page:confluence', 'read:me', 'read:task:confluence'] });
    const error = await rejectionOf(send(call, response));
    expect(error).toBeInstanceOf(NeedsAuthenticationError);
    const { request } = error as NeedsAuthenticationError;
    expect(request).toMatchObject({
      site: call.site,
      user: { id: 'ada' },
      scopes: [
        'read:page:confluence',
        'read:me',
        'read:task:confluence',
        'read:space:confluence',
        'offline_access',
      ],
      newScopes: ['read:space:confluence'],
    });
    expect(request?.flow.scopes).toBe(request?.scopes);
    expect(error).toMatchObject({ template: '/wiki/api/v2/spaces', attempts: 1 });
    expect(call.invocation?.hasNoted(error)).toBe(true);
    expect(isLetGo()).toBe(true);
  });

  it('takes the configured scopes for granted where the provider does not know', async () => {
    const { response } = mismatch();
    const call = callWith({ provider: { verify: undefined } as never });
    const error = await rejectionOf(send(call, response));
    expect(error).toMatchObject({ scopes: [...CONFIGURED, 'read:space:confluence'] });
  });

  it('is off by default: the answer stays what it is', async () => {
    const { response } = mismatch();
    expect(await consent().wrap(async () => response)(callWith())).toBe(response);
    expect(await send(callWith(), response, false)).toBe(response);
    expect(await response.text()).toContain('scope does not match');
  });

  const person = createInvocation({ surface: 'terminal', user: { id: 'ada' } });
  const nobody = createInvocation({ surface: 'background', user: { id: 'ada' } });
  it.each<[string, Setting]>([
    ['as the app', { call: { principal: { kind: 'app' } } }],
    ['as nobody', { call: { principal: { kind: 'none' } } }],
    ['outside an invocation', { call: { invocation: undefined } as never }],
    ['when nobody is there to be asked', { call: { invocation: nobody } }],
    ['by a provider that can not ask', { provider: { authorization: undefined } as never }],
    ['by one that asks for nothing else', { provider: { authorization: () => fakeFlow() } }],
    [
      'when asking is refused',
      {
        provider: {
          authorization: () => {
            throw new TypeError('no redirect URI');
          },
        },
      },
    ],
    ['when the grant can not be looked up', { provider: { verify: () => Promise.reject() } }],
    ['of an endpoint whose scopes are not known', { call: { template: '/wiki/api/v2/unicorns' } }],
    ['when nothing is missing', { granted: ['read:space:confluence'] }],
    ['of an unknown method', { call: { method: 'DELETE' } }],
  ])('leaves the answer to a call %s', async (_, setting) => {
    const { response } = mismatch();
    const call = callWith({ ...setting, call: { invocation: person, ...setting.call } });
    expect(await send(call, response)).toBe(response);
    expect(await response.text()).toContain('scope does not match');
  });

  it.each([
    ['another 401', new Response('{"message":"Unauthorized"}', { status: 401 })],
    ['a 403', mismatch(403).response],
    ['a 200', new Response('{"message":"scope does not match"}')],
  ])('leaves %s alone', async (_, response) => {
    expect(await send(callWith(), response)).toBe(response);
    expect(await response.text()).not.toBe('');
  });

  for (const { name, run } of middlewareConformance({
    slot: 'consent',
    create: () => consent({ incremental: true }),
  })) {
    it(name, run);
  }
});

describe('missingScopes', () => {
  const wanted = { classic: ['c1', 'c2'], granular: ['g1', 'g2', 'g3'] };
  it.each([
    ['v2: granular only', { classic: [], granular: ['g1', 'g2'] }, ['g1'], [], ['g2']],
    ['nothing: one list is whole', wanted, ['c1', 'c2'], [], []],
    [
      'the classic ones, if neither is begun',
      { classic: ['c1'], granular: ['g1'] },
      [],
      [],
      ['c1'],
    ],
    ['those that lack least', wanted, ['g1', 'g2'], [], ['g3']],
    ['those that are configured', wanted, ['c1'], ['g1', 'g2', 'g3'], ['g1', 'g2', 'g3']],
    ['nothing of nothing', { classic: [], granular: [] }, [], [], []],
  ])('%s', (_, scopes, granted, configured, missing) => {
    expect(missingScopes(scopes, granted, configured)).toEqual(missing);
  });
});
