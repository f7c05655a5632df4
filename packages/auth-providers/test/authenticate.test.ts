import { type AttemptCall, createPipeline, factsOf, noRetry } from '@tributary/pipeline';
import {
  type fakeClock,
  fakeTerminal,
  makeAttemptCall,
  makeCall,
  middlewareConformance,
} from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { anonymous, authenticate, resolveProviders } from '../src/index.js';
import { makeServices } from './services.js';
import {
  asApp,
  asUser,
  BASE,
  clock,
  credential,
  fresh,
  NEEDS,
  old,
  providing,
  sending,
  sentTokens,
  unauthorized,
} from './support/authenticating.js';

describe('the credential', () => {
  test('is fetched for each attempt', async () => {
    const tokens = [old, fresh];
    const { auth, terminal } = sending(new Response(), new Response());
    const provider = providing({ credential: () => tokens.shift() });
    await auth(asApp(provider));
    await auth(asApp(provider));
    expect(sentTokens(terminal)).toEqual(['Bearer old', 'Bearer fresh']);
  });

  test('is sent at once when it is there at once', () => {
    let isSent = false;
    const auth = authenticate().wrap(async () => {
      isSent = true;
      return new Response();
    });
    void auth(asApp(providing({})));
    expect(isSent).toBe(true);
  });

  test('errors of a provider reject', async () => {
    const { auth, terminal } = sending();
    const failure = new Error('no store');
    const provider = providing({
      credential: () => {
        throw failure;
      },
    });
    await expect(auth(asApp(provider))).rejects.toBe(failure);
    expect(terminal.calls).toHaveLength(0);
  });
});

describe('a caller does not wait longer than it said', () => {
  const never = () => new Promise<never>(() => {});
  const late = (call: AttemptCall) => ({ ...call, deadline: clock.monotonic() + 500 });

  test('for a credential', async () => {
    const { auth, terminal } = sending();
    const work = auth(late(asUser(providing({ credential: never }))));
    const ended = expect(work).rejects.toMatchObject({ code: 'TIMEOUT', sent: 'no' });
    await clock.advance(500);
    await ended;
    expect(terminal.calls).toHaveLength(0);
  });

  test('for a renewal', async () => {
    const { auth, terminal } = sending(unauthorized());
    const work = auth(late(asUser(providing({ renew: never }))));
    const ended = expect(work).rejects.toMatchObject({ code: 'TIMEOUT' });
    // What is done about a 401 loads with the first one.
    await expect.poll(() => clock.pending).toBe(1);
    await clock.advance(500);
    await ended;
    expect(terminal.calls).toHaveLength(1);
  });

  test('and is gone at once when it gives up', async () => {
    const controller = new AbortController();
    const reason = new Error('gave up');
    const { auth } = sending();
    const { signal } = controller;
    const work = auth(asUser(providing({ credential: never }), { signal }));
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(clock.pending).toBe(0);
  });
});

describe('a 401', () => {
  test('as the user, without a credential, needs authentication', async () => {
    const answer = unauthorized('<html>');
    const { auth } = sending(answer);
    const call = asUser(providing({ credential: async () => undefined }), { attempt: 3 });
    await expect(auth(call)).rejects.toMatchObject(NEEDS);
    expect(answer.bodyUsed).toBe(true);
  });

  test('as the user, when renew has no answer, needs authentication', async () => {
    const { auth } = sending(unauthorized());
    const call = asUser(providing({ renew: async () => undefined }), { attempt: 3 });
    await expect(auth(call)).rejects.toMatchObject(NEEDS);
  });

  test('as the user, with an expired credential that nobody renews, needs authentication', async () => {
    const { auth } = sending(unauthorized());
    const expired = credential('old', clock.now());
    const call = asUser(providing({ credential: () => expired }), { attempt: 3 });
    await expect(auth(call)).rejects.toMatchObject(NEEDS);
  });

  test.each([
    ['the app without a credential', asApp(providing({ credential: () => undefined }))],
    [
      'nobody',
      makeAttemptCall({ provider: providing({}), base: BASE, principal: { kind: 'none' } }),
    ],
    ['the app, when renew has no answer', asApp(providing({ renew: async () => undefined }))],
    ['a user with a valid credential and no renew', asUser(providing({}))],
    [
      'a user with a credential that ends later',
      asUser(providing({ credential: () => credential('old', clock.now() + 1) })),
    ],
  ])('for %s stays a response', async (_, call) => {
    const { auth, terminal } = sending(unauthorized('why'));
    const response = await auth(call);
    expect(await response.text()).toBe('why');
    expect(terminal.calls).toHaveLength(1);
  });

  test('is renewed once, and sent again as the same attempt', async () => {
    const first = unauthorized('x');
    const { auth, terminal } = sending(first, new Response('ok'));
    const seen: unknown[] = [];
    const provider = providing({
      renew: async (_call, rejected, response) => {
        seen.push(rejected, response.status);
        return fresh;
      },
    });
    const response = await auth(asUser(provider, { attempt: 2 }));
    expect(await response.text()).toBe('ok');
    expect(seen).toEqual([old, 401]);
    expect(first.bodyUsed).toBe(true);
    expect(sentTokens(terminal)).toEqual(['Bearer old', 'Bearer fresh']);
    expect(terminal.calls.map(({ attempt }) => attempt)).toEqual([2, 2]);
  });

  test('with the renewed credential stays a response', async () => {
    const { auth, terminal } = sending(unauthorized(), unauthorized('still'));
    const response = await auth(asUser(providing({ renew: async () => fresh })));
    expect([response.status, await response.text()]).toEqual([401, 'still']);
    expect(terminal.calls).toHaveLength(2);
  });

  test('is not sent again with a one-shot body; the new credential is kept', async () => {
    const { auth, terminal } = sending(unauthorized());
    let renewals = 0;
    const provider = providing({
      renew: async () => {
        renewals += 1;
        return fresh;
      },
    });
    const body = new Blob(['x']).stream();
    const work = auth(asUser(provider, { method: 'PUT', body }));
    await expect(work).rejects.toMatchObject({ code: 'BODY_NOT_REPLAYABLE', retryable: true });
    expect([renewals, terminal.calls.length]).toEqual([1, 1]);
  });

  test('an error of the renewal rejects, and the body is let go', async () => {
    const answer = unauthorized('x');
    const failure = new Error('the token endpoint is down');
    const { auth } = sending(answer);
    const provider = providing({
      renew: async () => {
        throw failure;
      },
    });
    await expect(auth(asUser(provider))).rejects.toBe(failure);
    expect(answer.bodyUsed).toBe(true);
  });

  test('nothing is sent again after the caller gave up', async () => {
    const controller = new AbortController();
    const reason = new Error('gave up');
    const { auth, terminal } = sending(unauthorized());
    const provider = providing({
      renew: async () => {
        controller.abort(reason);
        return fresh;
      },
    });
    const work = auth(asUser(provider, { signal: controller.signal }));
    await expect(work).rejects.toBe(reason);
    expect(terminal.calls).toHaveLength(1);
  });
});

describe('a refusal can be explained', () => {
  test.each([
    [401, true],
    [403, true],
    [410, true],
    [200, false],
    [404, false],
    [500, false],
  ])('%i: %s', async (status, isExplained) => {
    const pipeline = createPipeline({
      resolve: resolveProviders({ none: anonymous()(makeServices()) }),
      retry: noRetry,
      auth: authenticate(),
      transport: fakeTerminal(new Response('', { status })),
    });
    const response = await pipeline.send(makeCall({ principal: { kind: 'none' } }));
    expect(factsOf(response)?.explain !== undefined).toBe(isExplained);
  });
});

describe('conformance', () => {
  const create = ({ clock }: { readonly clock: ReturnType<typeof fakeClock> }) =>
    authenticate({ clock });
  for (const { name, run } of middlewareConformance({ slot: 'auth', create })) test(name, run);
  const call = { principal: { kind: 'user' } } as const;
  for (const { name, run } of middlewareConformance({ slot: 'auth', create, call })) {
    test(`as the user, ${name}`, run);
  }
});
