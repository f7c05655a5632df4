import { createPipeline, factsOf, noRetry, type ResolvedCall } from '@tributary/pipeline';
import { fakeTerminal } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { authenticate } from '../src/index.js';
import {
  asApp,
  asUser,
  BASE,
  clock,
  fresh,
  providing,
  sending,
  unauthorized,
} from './support/authenticating.js';

describe('"scope does not match"', () => {
  const json = { 'content-type': 'application/json;charset=UTF-8' };
  const message = JSON.stringify({ code: 401, message: 'Unauthorized; scope does not match' });
  const renewing = () => {
    let renewals = 0;
    const provider = providing({
      renew: async () => {
        renewals += 1;
        return fresh;
      },
    });
    return { provider, renewals: () => renewals };
  };

  test.each([
    [
      'by its header',
      unauthorized('x', { 'x-failure-category': 'FAILURE_CLIENT_SCOPE_CHECK' }),
      'x',
    ],
    ['by its body', unauthorized(message, json), message],
    [
      'by its body under another category',
      unauthorized(message, { ...json, 'x-failure-category': 'OTHER' }),
      message,
    ],
    [
      'by a problem document',
      unauthorized(message, { 'content-type': 'application/problem+json' }),
      message,
    ],
  ])('is told %s, renews nothing, and can still be read', async (_, answer, text) => {
    const { provider, renewals } = renewing();
    const { auth } = sending(answer);
    const response = await auth(asUser(provider));
    expect(response).toBe(answer);
    expect(await response.text()).toBe(text);
    expect(renewals()).toBe(0);
  });

  test.each([
    ['another message', unauthorized('{"message":"Unauthorized"}', json)],
    ['no JSON inside', unauthorized('scope does not match', json)],
    ['another type', unauthorized(message, { 'content-type': 'text/html' })],
    ['no type', unauthorized(new TextEncoder().encode(message))],
    ['no body', unauthorized(null, json)],
    ['an array', unauthorized('["scope does not match"]', json)],
    ['more than 4 KiB', unauthorized(message.padEnd(5000), json)],
  ])('is not taken from %s', async (_, answer) => {
    const { provider, renewals } = renewing();
    const { auth } = sending(answer, new Response('ok'));
    expect(await (await auth(asUser(provider))).text()).toBe('ok');
    expect(renewals()).toBe(1);
  });

  test('reads at most 4 KiB of a body that never ends, and lets go of it', async () => {
    let pulled = 0;
    let isCancelled = false;
    const endless = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull(controller) {
          pulled += 1024;
          controller.enqueue(new Uint8Array(1024).fill(0x20));
        },
        cancel() {
          isCancelled = true;
        },
      },
      { highWaterMark: 0 },
    );
    const { provider } = renewing();
    const { auth } = sending(unauthorized(endless, json), new Response('ok'));
    await auth(asUser(provider));
    expect(pulled).toBeLessThanOrEqual(8 * 1024);
    expect(isCancelled).toBe(true);
  });

  test('does not hang on a body that never comes', async () => {
    const silent = new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: () => new Promise(() => {}),
    });
    const { provider } = renewing();
    const { auth } = sending(unauthorized(silent, json), new Response('ok'));
    const work = auth(asUser(provider));
    // What is done about a 401 loads with the first one.
    await expect.poll(() => clock.pending).toBe(1);
    await clock.advance(2000);
    expect(await (await work).text()).toBe('ok');
  });

  test('without a renewal the body is not read at all', async () => {
    const answer = unauthorized(message, json);
    const { auth } = sending(answer);
    const response = await auth(asApp(providing({})));
    expect(response.bodyUsed).toBe(false);
    expect(await response.text()).toBe(message);
  });

  test('keeps the facts of the answer', async () => {
    const { provider } = renewing();
    const pipeline = createPipeline({
      resolve: {
        name: 'r',
        wrap: (next) => (call) => next({ ...call, provider, base: BASE } satisfies ResolvedCall),
      },
      retry: noRetry,
      auth: authenticate({ clock }),
      transport: fakeTerminal([unauthorized(message, json)]),
    });
    const response = await pipeline.send(asUser(provider));
    expect(factsOf(response)?.sentWith).toBe('valid');
  });
});
