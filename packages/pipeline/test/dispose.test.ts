import { describe, expect, test } from 'vitest';
import {
  AUTH,
  composePipeline,
  createRegistry,
  GRANT_STORE,
  OBSERVE,
  type Plugin,
  RESOLVE,
  RETRY,
  type Registry,
  systemServices,
  TRANSPORT,
  token,
} from '../src/di/index.js';
import { noRetry } from '../src/index.js';
import { auth, makeCall, resolve, terminal } from './support/fill.js';

interface Part {
  readonly name: string;
  dispose?(): Promise<void>;
}

const closing = (name: string, notes: string[]): Part => ({
  name,
  dispose: async () => {
    notes.push(name);
  },
});

const SOCKETS = token<Part>('SOCKETS');
const CACHE = token<Part>('CACHE');
const UNUSED = token<Part>('UNUSED');

const chain: Plugin = {
  name: 'chain',
  register(registry: Registry) {
    registry.provide(RESOLVE, { useValue: resolve });
    registry.provide(RETRY, { useValue: noRetry });
    registry.provide(AUTH, { useValue: auth });
  },
};

// tsyringe disposes neither values nor what factories made.
describe('everything that has a dispose is disposed of', () => {
  test('values and what factories made, users before what they use', async () => {
    const notes: string[] = [];
    const registry = createRegistry({ plugins: [] });
    registry.provide(CACHE, {
      useFactory: ({ get }) => ({ ...closing('cache', notes), over: get(SOCKETS) }),
    });
    registry.provide(SOCKETS, { useValue: closing('sockets', notes) });
    registry.get(CACHE);
    await registry[Symbol.asyncDispose]();
    expect(notes).toEqual(['cache', 'sockets']);
  });

  test('a value that nobody asked for too, a factory that never ran not', async () => {
    const notes: string[] = [];
    const registry = createRegistry({ plugins: [] });
    registry.provide(UNUSED, { useValue: closing('unused', notes) });
    registry.provide(CACHE, { useFactory: () => closing('cache', notes) });
    await registry[Symbol.asyncDispose]();
    expect(notes).toEqual(['unused']);
  });

  test('what has only Symbol.asyncDispose', async () => {
    const notes: string[] = [];
    const registry = createRegistry({ plugins: [] });
    const part = {
      name: 'disposable',
      [Symbol.asyncDispose]: async () => {
        notes.push('disposable');
      },
    };
    registry.provide(CACHE, { useFactory: () => part });
    registry.get(CACHE);
    await registry[Symbol.asyncDispose]();
    expect(notes).toEqual(['disposable']);
  });

  test('once, and as a method of itself', async () => {
    class Store {
      readonly name = 'store';
      closed = 0;
      async dispose(): Promise<void> {
        this.closed += 1;
      }
    }
    const store = new Store();
    const registry = createRegistry({ plugins: [] });
    registry.provide(CACHE, { useValue: store });
    registry.provide(SOCKETS, { useValue: store });
    registry.get(CACHE);
    await Promise.all([registry[Symbol.asyncDispose](), registry[Symbol.asyncDispose]()]);
    expect(store.closed).toBe(1);
  });

  test('the others too when one fails', async () => {
    const notes: string[] = [];
    const registry = createRegistry({ plugins: [] });
    registry.provide(CACHE, { useValue: closing('cache', notes) });
    registry.provide(SOCKETS, {
      useFactory: () => ({
        name: 'sockets',
        dispose: async () => {
          throw new Error('stuck');
        },
      }),
    });
    registry.get(SOCKETS);
    await expect(registry[Symbol.asyncDispose]()).rejects.toThrow('stuck');
    expect(notes).toEqual(['cache']);
  });
});

test('disposing of the pipeline closes its slots outermost first, then what they were built from', async () => {
  const notes: string[] = [];
  const registry = createRegistry({
    plugins: [
      chain,
      {
        name: 'closing',
        register(to) {
          to.provide(GRANT_STORE, { useFactory: () => closing('unused store', notes) as never });
          to.provide(SOCKETS, { useFactory: () => closing('sockets', notes) });
          to.provide(TRANSPORT, {
            useFactory: ({ get }) => {
              get(SOCKETS);
              return { ...terminal, ...closing('terminal', notes) };
            },
          });
          to.add(OBSERVE, {
            useFactory: () => ({
              wrap: (next) => (call) => next(call),
              ...closing('spans', notes),
            }),
          });
        },
      },
    ],
    defaults: [systemServices],
  });
  const pipeline = composePipeline(registry);
  await (await pipeline.send(makeCall())).text();
  await pipeline[Symbol.asyncDispose]();
  expect(notes).toEqual(['spans', 'terminal', 'sockets']);
});

test('a slot that went into the container untyped is closed too', async () => {
  const notes: string[] = [];
  const registry = createRegistry({ plugins: [chain] });
  registry.container.registerInstance(TRANSPORT, { ...terminal, ...closing('terminal', notes) });
  await composePipeline(registry)[Symbol.asyncDispose]();
  expect(notes).toEqual(['terminal']);
});
