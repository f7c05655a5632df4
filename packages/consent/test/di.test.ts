import 'reflect-metadata';
import { CONSENT, CONSENT_PROMPT, createRegistry, type Plugin } from '@tributary/pipeline/di';
import { createInvocation } from '@tributary/pipeline/invocation';
import { makeResolvedCall, staticProvider } from '@tributary/testing';
import { expect, it } from 'vitest';
import { consentPlugin, terminalConsent } from '../src/di.js';
import { fakeFlow } from './support/fake-flow.js';

it('fills the consent slot and provides the prompt', async () => {
  await using registry = createRegistry({ plugins: [consentPlugin(), terminalConsent()] });
  expect(registry.all(CONSENT).map(({ name }) => name)).toEqual(['consent']);
  expect(registry.get(CONSENT_PROMPT).name).toBe('terminal');
  expect(registry.get(CONSENT_PROMPT)).toBe(registry.get(CONSENT_PROMPT));
});

it('is an error to provide two prompts', () => {
  const other = { ...terminalConsent(), name: 'another' };
  expect(() => createRegistry({ plugins: [terminalConsent(), other] })).toThrow(
    /`another` and `@tributary\/consent\/terminal` both provide CONSENT_PROMPT/,
  );
});

it('one that is given takes the place of a default, whatever else is in the slot', async () => {
  const other: Plugin = {
    name: 'other',
    register: (registry) =>
      registry.add(CONSENT, { useValue: { name: 'other', wrap: (next) => next } }),
  };
  const plugins = [other, consentPlugin({ incremental: true })];
  await using registry = createRegistry({ plugins, defaults: [consentPlugin()] });
  expect(registry.all(CONSENT).map(({ name }) => name)).toEqual(['other', 'consent']);
});

it('is given its options', async () => {
  const response = new Response(null, {
    status: 401,
    headers: { 'x-failure-category': 'FAILURE_CLIENT_SCOPE_CHECK' },
  });
  const call = makeResolvedCall({
    template: '/wiki/api/v2/spaces',
    principal: { kind: 'user' },
    invocation: createInvocation({ surface: 'terminal', user: { id: 'ada' } }),
    provider: {
      ...staticProvider({ base: 'https://api.example/' }),
      authorization: (_, { scopes = [] } = {}) => fakeFlow({ scopes }),
    },
  });
  for (const incremental of [false, true]) {
    await using registry = createRegistry({ plugins: [consentPlugin({ incremental })] });
    const [middleware] = registry.all(CONSENT);
    const outcome = await middleware
      ?.wrap(async () => response)(call)
      .catch(({ code }) => code);
    expect(outcome).toBe(incremental ? 'NEEDS_AUTHENTICATION_ERR' : response);
  }
});
