import { type Call, PrincipalError } from '@tributary/pipeline';
import { createInvocation, runInInvocation } from '@tributary/pipeline/invocation';
import { staticProvider } from '@tributary/testing';
import { expect, test } from 'vitest';
import { route } from '../src/index.js';
import { clientOver, SITE_URL } from './chain.js';

// What merging hostile JSON into an object can do to every object of the process.
const POLLUTION = {
  body: 'evil',
  deadline: 1,
  signal: 'evil',
  invocation: { user: { id: 'victim', accountId: 'victim' } },
  user: { id: 'victim', accountId: 'victim' },
  accountId: 'victim',
};

// For as long as `work` runs only: the test runner stumbles over it too.
const whilePolluted = <T>(work: () => T): T => {
  for (const [key, value] of Object.entries(POLLUTION)) {
    const descriptor = { value, configurable: true, enumerable: true, writable: true };
    Object.defineProperty(Object.prototype, key, descriptor);
  }
  try {
    return work();
  } finally {
    for (const key of Object.keys(POLLUTION)) Reflect.deleteProperty(Object.prototype, key);
  }
};

const factsOfCall = ({ body, deadline, signal, invocation }: Call) => [
  body,
  deadline,
  signal,
  invocation?.user?.id,
  invocation?.user?.accountId,
];

/** A client whose calls reach the terminal at once, where `look` sees them. */
const seeing = (look: (call: Call) => unknown) => {
  const seen: unknown[] = [];
  const user = staticProvider({ base: SITE_URL, authorization: 'Bearer x' });
  const see = (call: Call) => {
    seen.push(look(call));
    return new Response();
  };
  return { seen, ...clientOver(see, { timeout: false, user }) };
};
const PAGES = route`/wiki/api/v2/pages`;

test.each([undefined, {}])(
  'a call holds what its caller said and no more (%j)',
  async (options) => {
    const { seen, api } = seeing(factsOfCall);
    await whilePolluted(() => api.asApp().requestConfluence(PAGES, options));
    expect(seen).toEqual([Array(5).fill(undefined)]);
  },
);

test('nobody becomes the invoking user', () => {
  const { seen, api } = seeing(factsOfCall);
  const refused = () =>
    whilePolluted(() => {
      const nobody = createInvocation({ surface: 'background' });
      return runInInvocation(nobody, () => api.asUser());
    });
  expect(refused).toThrow(PrincipalError);
  expect(seen).toEqual([]);
});

test('the invoking user gets no other account', async () => {
  const { seen, api } = seeing(({ invocation, principal }) => {
    const user = invocation?.user;
    return [user?.id, user?.accountId, Reflect.get(principal, 'accountId')];
  });
  await whilePolluted(() => {
    const ada = createInvocation({ surface: 'web', user: { id: 'ada' } });
    return runInInvocation(ada, () => api.asUser().requestConfluence(PAGES));
  });
  expect(seen).toEqual([['ada', undefined, undefined]]);
});
