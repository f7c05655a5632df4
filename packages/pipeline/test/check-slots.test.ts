import { describe, expect, test } from 'vitest';
import { type AnywhereMiddleware, createPipeline, type Slots } from '../src/index.js';
import { fill, terminal } from './support/fill.js';

describe('what is refused when it is built', () => {
  const named = (name: string): AnywhereMiddleware => ({
    name,
    wrap: (next) => (call) => next(call),
  });
  const build = (slots: unknown) => () => createPipeline(slots as Slots);

  test('the same name twice, naming both places', () => {
    expect(build(fill({ observe: [named('twin')], attempt: [named('twin')] }))).toThrow(
      '`twin` stands in the chain twice: in `observe` and in `attempt`.',
    );
    expect(build(fill({ budget: [named('twin'), named('twin')] }))).toThrow(
      '`twin` stands in the chain twice: in `budget` and in `budget`.',
    );
    expect(build(fill({ observe: [named('terminal')] }))).toThrow(
      'in `observe` and in `transport`',
    );
  });

  test.each(['resolve', 'retry', 'auth', 'transport'] as const)('no %s', (slot) => {
    const { [slot]: _, ...rest } = fill();
    expect(build(rest)).toThrow(`The slot \`${slot}\` is empty`);
  });

  test.each([
    ['a list where one belongs', { retry: [named('x')] }, '`retry` takes one, not a list'],
    ['one where a list belongs', { observe: named('x') }, '`observe` takes a list'],
    ['no slot of that name', { retries: named('x') }, 'There is no slot `retries`'],
    [
      'a terminal where a middleware belongs',
      { auth: terminal },
      '`auth` holds something without a `wrap`',
    ],
    ['a middleware where the terminal belongs', { transport: named('x') }, 'without a `send`'],
    ['null', { observe: [null] }, '`observe` holds something without'],
    ['no name', { observe: [{ ...named(''), name: '' }] }, 'in the slot `observe` has no name'],
  ])('%s', (_what, slots, message) => {
    const build = () => createPipeline({ ...fill(), ...slots } as unknown as Slots);
    expect(build).toThrow(message);
    expect(build).toThrow(expect.objectContaining({ code: 'CHAIN_INVALID' }));
  });
});
