import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createInvocation, currentInvocation, runInInvocation } from '../src/invocation/index.js';

const invocationOf = (id: string) => createInvocation({ surface: 'web', user: { id } });

test('outside of an invocation there is none', () => {
  expect(currentInvocation()).toBeUndefined();
});

test('two interleaved invocations keep their own', async () => {
  const handler = async (id: string, pauses: readonly number[]): Promise<readonly unknown[]> => {
    const seen: unknown[] = [];
    for (const pause of pauses) {
      await wait(pause);
      seen.push(currentInvocation()?.user?.id === id);
      await Promise.all([
        Promise.resolve().then(() => seen.push(currentInvocation()?.user?.id === id)),
        new Promise<void>((resolve) => {
          setImmediate(() => {
            seen.push(currentInvocation()?.user?.id === id);
            resolve();
          });
        }),
      ]);
    }
    return seen;
  };
  const [ada, bob] = await Promise.all([
    runInInvocation(invocationOf('ada'), () => handler('ada', [3, 1, 4])),
    runInInvocation(invocationOf('bob'), () => handler('bob', [1, 4, 2])),
  ]);
  expect([...ada, ...bob]).toEqual(new Array(18).fill(true));
  expect(currentInvocation()).toBeUndefined();
});

test('an inner invocation ends with its work, also when it throws', () => {
  const outer = invocationOf('outer');
  runInInvocation(outer, () => {
    expect(() =>
      runInInvocation(invocationOf('inner'), () => {
        expect(currentInvocation()?.user?.id).toBe('inner');
        throw new Error('over');
      }),
    ).toThrow('over');
    expect(currentInvocation()).toBe(outer);
  });
});

describe('createInvocation', () => {
  test('each is another', () => {
    expect(invocationOf('ada').id).not.toBe(invocationOf('ada').id);
  });

  test('somebody can be asked when there is a user, and no background', () => {
    const user = { id: 'ada' };
    expect(createInvocation({ surface: 'terminal', user })).toMatchObject({
      interactive: true,
      run: 1,
    });
    expect(createInvocation({ surface: 'background', user }).interactive).toBe(false);
    expect(createInvocation({ surface: 'web' }).interactive).toBe(false);
    expect(createInvocation({ surface: 'web', user, interactive: false, run: 2 })).toMatchObject({
      interactive: false,
      run: 2,
    });
  });

  test('it can not be changed, nor can its user', () => {
    const user = { id: 'ada' };
    const invocation = createInvocation({ surface: 'web', user });
    user.id = 'bob';
    expect(invocation.user?.id).toBe('ada');
    expect(() => Object.assign(invocation, { run: 9 })).toThrow(TypeError);
    expect(() => Object.assign(invocation.user ?? {}, { id: 'bob' })).toThrow(TypeError);
  });

  test('it remembers the errors that were noted, by identity', () => {
    const invocation = invocationOf('ada');
    const error = new Error('noted');
    invocation.note(error);
    expect(invocation.hasNoted(error)).toBe(true);
    expect(invocation.hasNoted(new Error('noted'))).toBe(false);
    expect(invocation.hasNoted(new Error('outer', { cause: error }))).toBe(false);
    expect(invocationOf('bob').hasNoted(error)).toBe(false);
    for (const other of [undefined, null, 'noted', 7])
      expect(invocation.hasNoted(other)).toBe(false);
  });
});
