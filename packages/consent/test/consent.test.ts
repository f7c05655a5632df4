import { ConfigError, NeedsAuthenticationError } from '@tributary/pipeline';
import { createInvocation } from '@tributary/pipeline/invocation';
import { makeResolvedCall, middlewareConformance, staticProvider } from '@tributary/testing';
import { describe, expect, it } from 'vitest';
import { consent } from '../src/index.js';
import { fakeFlow } from './support/fake-flow.js';
import { rejectionOf } from './support/outcome.js';

const provider = staticProvider({ base: 'https://api.example/' });
const invocation = () => createInvocation({ surface: 'terminal', user: { id: 'ada' } });

describe('consent()', () => {
  it('passes a response on, in the very promise chain of the next step', async () => {
    const response = new Response('ok');
    const send = consent().wrap(async () => response);
    expect(await send(makeResolvedCall())).toBe(response);
  });

  it('teaches a NeedsAuthenticationError what to ask for, and notes it', async () => {
    const flow = fakeFlow();
    const error = new NeedsAuthenticationError();
    const call = makeResolvedCall({
      provider: { ...provider, authorization: () => flow },
      invocation: invocation(),
    });
    const thrown = await rejectionOf(
      consent().wrap(async () => {
        throw error;
      })(call),
    );
    expect(thrown).toBe(error);
    const user = { id: 'ada' };
    expect(error.request).toEqual({ site: call.site, scopes: flow.scopes, flow, user });
    expect(error.scopes).toBe(flow.scopes);
    expect(call.invocation?.hasNoted(error)).toBe(true);
  });

  it('notes the error also where the provider has no way to ask', async () => {
    const error = new NeedsAuthenticationError();
    const call = makeResolvedCall({ provider, invocation: invocation() });
    const send = consent().wrap(() => Promise.reject(error));
    expect(await rejectionOf(send(call))).toBe(error);
    expect(error.request).toBeUndefined();
    expect(call.invocation?.hasNoted(error)).toBe(true);
  });

  it('keeps the error when the provider fails to say how, with the reason as its cause', async () => {
    const reason = new ConfigError('redirectUri', 'is missing');
    const authorization = () => {
      throw reason;
    };
    const error = new NeedsAuthenticationError();
    const send = consent().wrap(() => Promise.reject(error));
    const call = makeResolvedCall({ provider: { ...provider, authorization } });
    expect(await rejectionOf(send(call))).toBe(error);
    expect(error.cause).toBe(reason);
  });

  it('neither teaches nor notes any other error', async () => {
    const call = makeResolvedCall({
      provider: { ...provider, authorization: () => fakeFlow() },
      invocation: invocation(),
    });
    const wrapped = new Error('mine', { cause: new NeedsAuthenticationError() });
    const send = consent().wrap(() => Promise.reject(wrapped));
    expect(await rejectionOf(send(call))).toBe(wrapped);
    expect(call.invocation?.hasNoted(wrapped)).toBe(false);
  });

  for (const { name, run } of middlewareConformance({ slot: 'consent', create: () => consent() })) {
    it(name, run);
  }
});
