import { expect, test } from 'vitest';
import {
  type Clock,
  type Credential,
  createPipeline,
  factsOf,
  inheritFacts,
  type Middleware,
  Secret,
  systemClock,
} from '../src/index.js';
import { type auth, fill, makeCall } from './support/fill.js';

const withCredential = (make: (base: string) => Credential | undefined): typeof auth => ({
  name: 'auth',
  wrap: (next) => (call) => next({ ...call, credential: make(call.base) }),
});

const at = (now: () => number): Clock => ({ ...systemClock, now });

const sentWith = async (make: (base: string) => Credential | undefined, clock = at(() => 1000)) => {
  const { send } = createPipeline(fill({ auth: withCredential(make) }), { clock });
  return factsOf(await send(makeCall()))?.sentWith;
};

const authorization = new Secret('Bearer t');

test('sentWith says what the credential was worth', async () => {
  expect(await sentWith(() => undefined)).toBe('none');
  expect(await sentWith((base) => ({ authorization, base }))).toBe('valid');
  expect(await sentWith((base) => ({ authorization, base, expiresAt: 1001 }))).toBe('valid');
  expect(await sentWith((base) => ({ authorization, base, expiresAt: 1000 }))).toBe('expired');
});

test('it is noted as the call is sent: a credential may expire on the way', async () => {
  let now = 1000;
  const clock = at(() => {
    const read = now;
    now += 500;
    return read;
  });
  expect(await sentWith((base) => ({ authorization, base, expiresAt: 1400 }), clock)).toBe('valid');
});

test('attempts is the number of the attempt that was answered', async () => {
  const retry: typeof import('../src/index.js').noRetry = {
    name: 'twice',
    wrap: (next) => async (call) => {
      const first = await next({ ...call, attempt: 1 });
      await first.body?.cancel();
      return next({ ...call, attempt: 2 });
    },
  };
  const { send } = createPipeline(fill({ retry }));
  expect(factsOf(await send(makeCall()))?.attempts).toBe(2);
});

test('a replaced Response has none until it inherits them', async () => {
  const replacing = (inherits: boolean): Middleware<ReturnType<typeof makeCall>> => ({
    name: 'replacing',
    wrap: (next) => async (call) => {
      const from = await next(call);
      const to = new Response(from.body, from);
      if (inherits) inheritFacts(from, to);
      return to;
    },
  });
  const through = async (inherits: boolean) =>
    factsOf(await createPipeline(fill({ observe: [replacing(inherits)] })).send(makeCall()));
  expect(await through(false)).toBeUndefined();
  expect(await through(true)).toMatchObject({ template: '/wiki/{}' });
});

test('no header of a server can set them', async () => {
  const transport = {
    name: 'lying',
    send: async () => new Response(null, { headers: { 'x-attempts': '9', 'x-sent-with': 'none' } }),
  };
  const response = await createPipeline(fill({ transport })).send(makeCall());
  expect(factsOf(response)).toMatchObject({
    template: '/wiki/{}',
    attempts: 1,
    product: 'confluence',
    sentWith: 'valid',
  });
});

test('inheriting from a Response without facts changes nothing', () => {
  const to = new Response();
  inheritFacts(new Response(), to);
  expect(factsOf(to)).toBeUndefined();
});
