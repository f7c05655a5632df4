import { describe, expect, test } from 'vitest';
import {
  type AnywhereMiddleware,
  type Call,
  createPipeline,
  factsOf,
  type Middleware,
  type Terminal,
} from '../src/index.js';
import { auth, fill, makeCall, resolve, terminal } from './support/fill.js';

/** Notes its name on the way in and out. */
const noting = (name: string, notes: string[]): AnywhereMiddleware => ({
  name,
  wrap: (next) => (call) => {
    notes.push(name);
    return next(call).finally(() => notes.push(`/${name}`));
  },
});

const around = <In extends Call, Out extends In>(
  middleware: Middleware<In, Out>,
  notes: string[],
): Middleware<In, Out> => ({
  name: middleware.name,
  wrap: (next) => {
    const handler = middleware.wrap(next);
    return (call) => {
      notes.push(middleware.name);
      return handler(call);
    };
  },
});

describe('order', () => {
  test('the slots are the order, and within a list its own', async () => {
    const notes: string[] = [];
    const { send } = createPipeline(
      fill({
        // Written in another order than they run in.
        transport: {
          name: 'terminal',
          send: async () => {
            notes.push('terminal');
            return new Response();
          },
        },
        attempt: [noting('attempt-1', notes), noting('attempt-2', notes)],
        budget: [noting('budget', notes)],
        consent: [noting('consent', notes)],
        observe: [noting('observe-1', notes), noting('observe-2', notes)],
        auth: around(auth, notes),
        resolve: around(resolve, notes),
      }),
    );
    await send(makeCall());
    expect(notes).toEqual([
      'observe-1',
      'observe-2',
      'resolve',
      'consent',
      'budget',
      'auth',
      'attempt-1',
      'attempt-2',
      'terminal',
      '/attempt-2',
      '/attempt-1',
      '/budget',
      '/consent',
      '/observe-2',
      '/observe-1',
    ]);
  });

  test('wrap runs once per chain, not per call', async () => {
    let wraps = 0;
    const counting: AnywhereMiddleware = {
      name: 'counting',
      wrap: (next) => {
        wraps += 1;
        return (call) => next(call);
      },
    };
    const { send } = createPipeline(fill({ observe: [counting] }));
    await send(makeCall());
    await send(makeCall());
    expect(wraps).toBe(1);
    createPipeline(fill({ observe: [counting] }));
    expect(wraps).toBe(2);
  });

  test('each slot hands on what the next one needs', async () => {
    const seen: unknown[] = [];
    const watching: Terminal = {
      name: 'watching',
      send: async ({ base, attempt, credential, provider }) => {
        seen.push(base, attempt, credential?.base, provider.kind);
        return new Response();
      },
    };
    await createPipeline(fill({ transport: watching })).send(makeCall());
    expect(seen).toEqual(['https://a.example/', 1, 'https://a.example/', 'test']);
  });

  test('middlewares are called as methods of themselves', async () => {
    class Counting {
      readonly name = 'counting';
      calls = 0;
      wrap = <C>(next: (call: C) => Promise<Response>) => {
        return (call: C) => {
          this.calls += 1;
          return next(call);
        };
      };
    }
    const counting = new Counting();
    await createPipeline(fill({ observe: [counting] })).send(makeCall());
    expect(counting.calls).toBe(1);
  });
});

describe('failures', () => {
  const thrower: AnywhereMiddleware = {
    name: 'thrower',
    wrap: () => () => {
      throw new Error('at once');
    },
  };

  test.each(['observe', 'consent', 'budget', 'attempt'] as const)(
    'what a middleware in %s throws at once is a rejection',
    async (slot) => {
      const { send } = createPipeline(fill({ [slot]: [thrower] }));
      await expect(send(makeCall())).rejects.toThrow('at once');
    },
  );

  test('a middleware outside sees it as a rejection', async () => {
    const seen: unknown[] = [];
    const watching: AnywhereMiddleware = {
      name: 'watching',
      wrap: (next) => (call) =>
        next(call).catch((error: Error) => {
          seen.push(error.message);
          throw error;
        }),
    };
    const { send } = createPipeline(fill({ observe: [watching, thrower] }));
    await expect(send(makeCall())).rejects.toThrow('at once');
    expect(seen).toEqual(['at once']);
  });

  test('also what a terminal throws at once', async () => {
    const transport: Terminal = {
      name: 'throwing',
      send: () => {
        throw new Error('no socket');
      },
    };
    await expect(createPipeline(fill({ transport })).send(makeCall())).rejects.toThrow('no socket');
  });
});

test('explain prints the resolved order and why', () => {
  const trace: AnywhereMiddleware = { name: 'trace', wrap: (next) => (call) => next(call) };
  const pipeline = createPipeline(fill({ attempt: [trace] }));
  expect(pipeline.explain()).toBe(
    [
      'resolve    resolve   picks the provider and the base URL, before anything is counted',
      'retry      no-retry  tries again everything below it',
      'auth       auth      each attempt takes a fresh credential',
      'attempt    trace     sees each attempt with its credential known',
      'transport  terminal  opens the socket, after a last check of the URL',
    ].join('\n'),
  );
});

describe('dispose', () => {
  const closing = (name: string, notes: string[], fails = false): AnywhereMiddleware => ({
    name,
    wrap: (next) => (call) => next(call),
    dispose: async () => {
      notes.push(name);
      if (fails) throw new Error(`${name} failed`);
    },
  });

  test('closes each member once, outermost first', async () => {
    const notes: string[] = [];
    const transport = {
      ...terminal,
      dispose: async () => {
        notes.push('terminal');
      },
    };
    const pipeline = createPipeline(
      fill({ transport, observe: [closing('observe', notes)], budget: [closing('budget', notes)] }),
    );
    await Promise.all([pipeline[Symbol.asyncDispose](), pipeline[Symbol.asyncDispose]()]);
    expect(notes).toEqual(['observe', 'budget', 'terminal']);
  });

  test('closes the others when one fails, and throws what failed', async () => {
    const notes: string[] = [];
    const one = createPipeline(fill({ observe: [closing('a', notes, true), closing('b', notes)] }));
    await expect(one[Symbol.asyncDispose]()).rejects.toThrow('a failed');
    expect(notes).toEqual(['a', 'b']);
    const two = createPipeline(
      fill({ observe: [closing('a', notes, true), closing('b', notes, true)] }),
    );
    await expect(two[Symbol.asyncDispose]()).rejects.toMatchObject({
      errors: [{ message: 'a failed' }, { message: 'b failed' }],
    });
  });

  test('await using closes it', async () => {
    const notes: string[] = [];
    {
      await using pipeline = createPipeline(fill({ observe: [closing('observe', notes)] }));
      await pipeline.send(makeCall());
    }
    expect(notes).toEqual(['observe']);
  });
});

test('the facts of every answer are known outside', async () => {
  const { send } = createPipeline(fill());
  expect(factsOf(await send(makeCall()))).toEqual({
    method: 'GET',
    template: '/wiki/{}',
    attempts: 1,
    waitedMs: 0,
    sent: 'yes',
    provider: 'test',
    site: makeCall().site,
    base: 'https://a.example/',
    product: 'confluence',
    sentWith: 'valid',
  });
});
