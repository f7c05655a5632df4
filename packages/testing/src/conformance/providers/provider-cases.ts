import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import {
  type AuthProvider,
  type Credential,
  normaliseBase,
  REDACTED,
  type ResolvedCall,
  revealSecret,
  Secret,
} from '@tributary/pipeline';
import { makeCall } from '../../calls/make-call.js';
import { drive } from '../waiting.js';
import type {
  AuthProviderConformanceOptions,
  ProviderBench,
  ProviderCaller,
} from './auth-provider-conformance.js';

type Options = AuthProviderConformanceOptions;

const CONCURRENT = 20;

/** The call as the resolve slot would hand it on. Frozen, so that a provider that changes it shows. */
const resolveFor = async (
  provider: AuthProvider,
  caller: ProviderCaller,
  options: Options,
): Promise<ResolvedCall> => {
  const call = makeCall({ site: options.site, ...caller.call });
  return Object.freeze({ ...call, provider, base: await provider.endpoint(call) });
};

const opened = (credential: Credential | undefined): string | undefined =>
  credential && revealSecret(credential.authorization);

export const acceptsItsSite = async ({ provider }: ProviderBench, options: Options) => {
  assert.match(provider.kind, /^[a-z][a-z0-9-]*$/, 'kind must be a short lower-case name');
  provider.checkSite?.(options.site);
};

export const answersWithABase = async ({ provider, clock }: ProviderBench, options: Options) => {
  for (const caller of options.callers) {
    const { base } = await drive(resolveFor(provider, caller, options), clock);
    assert.equal(base, normaliseBase(base, 'endpoint'), 'the endpoint must be a normalised base');
  }
};

const assertSecret = (credential: Credential): void => {
  const { authorization } = credential;
  assert.ok(authorization instanceof Secret, 'the credential must be a Secret');
  assert.equal(`${authorization}`, REDACTED);
  const shown = `${inspect(credential, { depth: 8 })}${JSON.stringify(credential)}`;
  assert.ok(!shown.includes(revealSecret(authorization)), 'a credential must not show its secret');
  assert.match(
    revealSecret(authorization),
    /^[A-Za-z][\w-]* [\x21-\x7e]+(?: [\x21-\x7e]+)*$/,
    'the credential must be a whole header value, scheme included',
  );
};

export const answersWithASecret = async ({ provider, clock }: ProviderBench, options: Options) => {
  for (const caller of options.callers) {
    const call = await drive(resolveFor(provider, caller, options), clock);
    const credential = await drive(Promise.resolve(provider.credential(call)), clock);
    assert.ok(opened(credential) === caller.authorization, 'another credential than expected');
    if (credential === undefined) continue;
    assertSecret(credential);
    assert.equal(credential.base, call.base, 'the credential must belong to the endpoint');
  }
};

export const mixesNoCallers = async ({ provider, clock }: ProviderBench, options: Options) => {
  const work = Array.from({ length: CONCURRENT * options.callers.length }, async (_, index) => {
    const caller = options.callers[index % options.callers.length] ?? options.callers[0];
    const call = await resolveFor(provider, caller, options);
    const credential = await provider.credential(call);
    const isOwn = opened(credential) === caller.authorization;
    assert.ok(isOwn, "a caller was given another caller's credential");
    assert.equal(credential?.base ?? call.base, call.base, "a caller was given another one's base");
  });
  await drive(Promise.all(work), clock);
};

/** Whatever the provider throws is for it to say; that it hands out a dead credential is not. */
const renewal = async (provider: AuthProvider, call: ResolvedCall, rejected: Credential) => {
  try {
    return await provider.renew?.(call, rejected, new Response('{}', { status: 401 }));
  } catch {
    return undefined;
  }
};

export const renewsForGood = async ({ provider, clock }: ProviderBench, options: Options) => {
  for (const caller of options.callers) {
    const call = await drive(resolveFor(provider, caller, options), clock);
    const rejected = await drive(Promise.resolve(provider.credential(call)), clock);
    if (rejected === undefined) continue;
    const work = Array.from({ length: CONCURRENT }, () => renewal(provider, call, rejected));
    for (const renewed of await drive(Promise.all(work), clock)) {
      if (renewed === undefined || renewed === 'unchanged') continue;
      assert.ok(opened(renewed) !== opened(rejected), 'renew gave the rejected credential again');
      assertSecret(renewed);
      assert.equal(renewed.base, call.base, 'a renewed credential must belong to the endpoint');
    }
  }
};

export const showsNoCredential = async (
  { provider, clock, logs }: ProviderBench,
  options: Options,
) => {
  for (const caller of options.callers) {
    const call = await drive(resolveFor(provider, caller, options), clock);
    const credential = await drive(Promise.resolve(provider.credential(call)), clock);
    if (credential === undefined) continue;
    await drive(renewal(provider, call, credential), clock);
    const secret = revealSecret(credential.authorization).replace(/^\S+ /, '');
    const shown = `${logs.text()}${inspect(provider, { depth: 12, showHidden: true })}`;
    assert.ok(!shown.includes(secret), 'the log or the provider shows the credential');
  }
};
