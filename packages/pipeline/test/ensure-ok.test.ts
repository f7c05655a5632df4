import { expect, test } from 'vitest';
import {
  type AttemptCall,
  type AuthenticatedCall,
  createPipeline,
  type Explain,
  ensureOk,
  factsOf,
  type Handler,
  type Middleware,
  offerExplanation,
} from '../src/index.js';
import { auth, fill, makeCall } from './support/fill.js';

const refusing =
  (status: number): Handler<AuthenticatedCall> =>
  async () =>
    new Response('{"message":"Unauthorized"}', { status });

/** An auth slot that can tell why. */
const telling = (explain: Explain): Middleware<AttemptCall, AuthenticatedCall> => ({
  ...auth,
  wrap: (next) => {
    const send = auth.wrap(next);
    return async (call) => {
      const response = await send(call);
      offerExplanation(response, explain);
      return response;
    };
  },
});

const failureOf = async (status: number, explain: Explain) => {
  const transport = { name: 'refusing', send: refusing(status) };
  const { send } = createPipeline(fill({ transport, auth: telling(explain) }));
  return ensureOk(send(makeCall())).catch((error: unknown) => error);
};

test('the auth slot explains a refusal, before the body is read', async () => {
  const error = await failureOf(401, async (response) => {
    expect(response.bodyUsed).toBe(false);
    return { reason: 'It has ended.', nextStep: 'Get another one.' };
  });
  expect(error).toMatchObject({
    status: 401,
    title: 'Unauthorized',
    message: 'Confluence answered 401 from /wiki/{}. Unauthorized. It has ended. Get another one.',
  });
});

test('an explanation that fails gives way to the usual advice', async () => {
  const error = await failureOf(403, async () => {
    throw new Error('not loaded');
  });
  expect(error).toMatchObject({ message: expect.stringContaining('permission or a licence') });
});

test('without facts there is nothing to explain', async () => {
  const response = new Response();
  offerExplanation(response, async () => ({ reason: '', nextStep: '' }));
  expect(factsOf(response)).toBeUndefined();
});
