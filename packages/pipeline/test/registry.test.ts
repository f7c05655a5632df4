import { describe, expect, test } from 'vitest';
import { createRegistry, listToken, type Plugin, type Registry, token } from '../src/di/index.js';

const WORD = token<string>('WORD');
const COUNT = token<number>('COUNT');
const WORDS = listToken<string>('WORDS');

const plugin = (name: string, register: (registry: Registry) => void): Plugin => ({
  name,
  register,
});

const says = (name: string, word = name): Plugin =>
  plugin(name, (registry) => registry.provide(WORD, { useValue: word }));

describe('provide', () => {
  test('a value, and a factory that runs once, when it is asked for', () => {
    let runs = 0;
    const registry = createRegistry({
      plugins: [
        says('value'),
        plugin('factory', (to) =>
          to.provide(COUNT, {
            useFactory: ({ get }) => {
              runs += 1;
              return get(WORD).length;
            },
          }),
        ),
      ],
    });
    expect(runs).toBe(0);
    expect([registry.get(COUNT), registry.get(COUNT), registry.find(COUNT)]).toEqual([5, 5, 5]);
    expect(runs).toBe(1);
  });

  test('two plugins that provide the same are an error naming both', () => {
    expect(() => createRegistry({ plugins: [says('first'), says('second')] })).toThrow(
      '`second` and `first` both provide WORD.',
    );
  });

  test('also one plugin twice, and the application after its plugins', () => {
    const twice = plugin('twice', (to) => {
      to.provide(WORD, { useValue: 'a' });
      to.provide(WORD, { useValue: 'b' });
    });
    expect(() => createRegistry({ plugins: [twice] })).toThrow('`twice` and `twice` both');
    const registry = createRegistry({ plugins: [says('first')] });
    expect(() => registry.provide(WORD, { useValue: 'mine' })).toThrow(
      '`the application` and `first` both provide WORD',
    );
  });

  test('a factory that failed runs again', () => {
    let runs = 0;
    const registry = createRegistry({ plugins: [] });
    registry.provide(WORD, {
      useFactory: () => {
        runs += 1;
        if (runs === 1) throw new Error('not yet');
        return 'now';
      },
    });
    expect(() => registry.get(WORD)).toThrow('not yet');
    expect(registry.get(WORD)).toBe('now');
  });

  test('parts that ask for each other are an error, no endless loop', () => {
    const registry = createRegistry({ plugins: [] });
    registry.provide(WORD, { useFactory: ({ get }) => String(get(COUNT)) });
    registry.provide(COUNT, { useFactory: ({ get }) => get(WORD).length });
    expect(() => registry.get(WORD)).toThrow('WORD needs itself');
  });

  test('a provider that says nothing is an error', () => {
    const registry = createRegistry({ plugins: [] });
    registry.provide(WORD, {} as { useValue: string });
    expect(() => registry.get(WORD)).toThrow('WORD is provided without a useValue');
  });
});

describe('replace', () => {
  const replacing = (name: string): Plugin =>
    plugin(name, (to) => to.replace(WORD, { useValue: name }));

  test('the later wins, also over a later default', () => {
    const registry = createRegistry({
      plugins: [says('first'), replacing('second'), replacing('third')],
      defaults: [says('default')],
    });
    expect(registry.get(WORD)).toBe('third');
  });

  test('what is replaced is never built', () => {
    let runs = 0;
    const registry = createRegistry({ plugins: [] });
    registry.provide(WORD, {
      useFactory: () => {
        runs += 1;
        return 'first';
      },
    });
    registry.replace(WORD, { useValue: 'second' });
    expect(registry.get(WORD)).toBe('second');
    expect(runs).toBe(0);
  });

  test('replacing what nobody provides provides it', () => {
    expect(createRegistry({ plugins: [replacing('only')] }).get(WORD)).toBe('only');
  });
});

describe('defaults', () => {
  test('give way to any plugin, and fill what is left', () => {
    const defaults = [
      plugin('defaults', (to) => {
        to.provide(WORD, { useValue: 'default' });
        to.provide(COUNT, { useValue: 7 });
      }),
    ];
    const registry = createRegistry({ plugins: [says('plugin')], defaults });
    expect([registry.get(WORD), registry.get(COUNT)]).toEqual(['plugin', 7]);
  });

  test('also when they say replace, and to what went into the container untyped', () => {
    const defaults = [plugin('defaults', (to) => to.replace(WORD, { useValue: 'default' }))];
    const untyped = plugin('untyped', ({ container }) => {
      container.registerInstance(WORD, 'untyped');
    });
    expect(createRegistry({ plugins: [says('plugin')], defaults }).get(WORD)).toBe('plugin');
    expect(createRegistry({ plugins: [untyped], defaults }).get(WORD)).toBe('untyped');
  });
});

describe('add', () => {
  const adds = (name: string): Plugin =>
    plugin(name, (to) => to.add(WORDS, { useFactory: () => name }));

  test('keeps the order of the plugins, defaults last', () => {
    const registry = createRegistry({
      plugins: [adds('a'), adds('b'), adds('c')],
      defaults: [adds('d')],
    });
    expect(registry.all(WORDS)).toEqual(['a', 'b', 'c', 'd']);
  });

  test('a list that nobody adds to is empty', () => {
    expect(createRegistry({ plugins: [] }).all(WORDS)).toEqual([]);
  });

  test('each entry is built once', () => {
    const registry = createRegistry({ plugins: [] });
    const OBJECTS = listToken<object>('OBJECTS');
    registry.add(OBJECTS, { useFactory: () => ({}) });
    expect(registry.all(OBJECTS)[0]).toBe(registry.all(OBJECTS)[0]);
  });
});

describe('names', () => {
  test('one plugin is registered once', () => {
    expect(() => createRegistry({ plugins: [says('same'), says('same')] })).toThrow(
      'Two plugins are called `same`',
    );
  });

  test('what nobody provides is named', () => {
    const registry = createRegistry({ plugins: [] });
    expect(() => registry.get(WORD)).toThrow('Nobody provides WORD; add a plugin that does.');
    expect(registry.find(WORD)).toBeUndefined();
  });

  test('two tokens of one name are two tokens', () => {
    const registry = createRegistry({ plugins: [says('mine')] });
    expect(registry.find(token<string>('WORD'))).toBeUndefined();
  });
});

test('what went into the container past the registry beside a typed one is found', () => {
  const registry = createRegistry({ plugins: [says('typed')] });
  registry.container.registerInstance(WORD, 'untyped');
  expect(() => registry.get(WORD)).toThrow('WORD is provided more than once');
});
