import 'reflect-metadata';
import { container as globalContainer, injectable, singleton } from 'tsyringe';
import { describe, expect, test } from 'vitest';
import { createRegistry, type Registry, token } from '../src/di/index.js';
import { injected } from './support/container.js';

interface Greeter {
  readonly greeting: string;
}

const NAME = token<string>('NAME');
const GREETER = token<Greeter>('GREETER');

const greeterClass = () =>
  class NamedGreeter implements Greeter {
    readonly greeting: string;
    constructor(name: string) {
      this.greeting = `hello ${name}`;
    }
  };

const registryFor = (useClass: new (name: string) => Greeter, name = 'Ada'): Registry => {
  const registry = createRegistry({ plugins: [] });
  registry.provide(NAME, { useValue: name });
  registry.provide(GREETER, { useClass });
  return registry;
};

test('a class is built once, with what @inject names', () => {
  const registry = registryFor(injected(greeterClass(), NAME));
  expect(registry.get(GREETER).greeting).toBe('hello Ada');
  expect(registry.get(GREETER)).toBe(registry.get(GREETER));
});

test('a class without parameters needs no decorator', () => {
  const registry = createRegistry({ plugins: [] });
  registry.provide(GREETER, {
    useClass: class {
      readonly greeting = 'hello';
    },
  });
  expect(registry.get(GREETER).greeting).toBe('hello');
});

describe('nothing relies on emitted metadata', () => {
  test('a class without @inject is refused, named', () => {
    const registry = registryFor(greeterClass());
    expect(() => registry.get(GREETER)).toThrow(
      'Parameter 1 of the class `NamedGreeter` has no @inject(TOKEN)',
    );
  });

  test('also where a compiler emitted types: an interface would become an empty object', () => {
    const Emitted = greeterClass();
    Reflect.defineMetadata('design:paramtypes', [Object], Emitted);
    injectable()(Emitted);
    expect(() => registryFor(Emitted).get(GREETER)).toThrow('has no @inject(TOKEN)');
  });

  test('also where only one of two parameters has it', () => {
    class Two implements Greeter {
      readonly greeting: string;
      constructor(first: string, second: string) {
        this.greeting = first + second;
      }
    }
    const registry = createRegistry({ plugins: [] });
    registry.provide(NAME, { useValue: 'Ada' });
    registry.provide(GREETER, { useClass: injected(Two, NAME) });
    expect(() => registry.get(GREETER)).toThrow('Parameter 2 of the class `Two`');
  });
});

test('a dependency that nobody provides is an error naming class and token', () => {
  const registry = createRegistry({ plugins: [] });
  registry.provide(GREETER, { useClass: injected(greeterClass(), NAME) });
  expect(() => registry.get(GREETER)).toThrow(
    expect.objectContaining({
      code: 'CHAIN_INVALID',
      message: expect.stringMatching(/NamedGreeter.*can't be built: .*NAME/),
    }),
  );
});

// tsyringe keeps a singleton in the container that knows it, whoever asked first.
test('a @singleton() class of one chain never serves another', () => {
  const Shared = injected(greeterClass(), NAME);
  singleton()(Shared);
  const ada = registryFor(Shared, 'Ada');
  const bob = registryFor(Shared, 'Bob');
  expect(ada.get(GREETER).greeting).toBe('hello Ada');
  expect(bob.get(GREETER).greeting).toBe('hello Bob');
  expect(ada.get(GREETER)).toBe(ada.get(GREETER));
});

test('what the global container holds is not seen', () => {
  globalContainer.registerInstance(NAME, 'from elsewhere');
  try {
    const registry = createRegistry({ plugins: [] });
    registry.provide(GREETER, { useClass: injected(greeterClass(), NAME) });
    expect(registry.find(NAME)).toBeUndefined();
    expect(() => registry.get(GREETER)).toThrow("can't be built");
  } finally {
    globalContainer.reset();
  }
});
