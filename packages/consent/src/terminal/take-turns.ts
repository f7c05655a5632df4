import { orAborted } from '../time-limit.js';

const last = new Map<unknown, Promise<void>>();

/**
 * Runs the work when all earlier work with the same key has ended: two questions can share neither a
 * port nor a keyboard.
 * @throws the signal's reason, when it fires before its turn
 */
export const takeTurns = async <T>(
  key: unknown,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> => {
  const before = last.get(key) ?? Promise.resolve();
  let end = () => {};
  const own = new Promise<void>((resolve) => {
    end = resolve;
  });
  // Who gives up while waiting must not let the next one in.
  const mine = before.then(() => own);
  last.set(key, mine);
  try {
    await orAborted(before, signal);
    return await work();
  } finally {
    end();
    void mine.then(() => last.get(key) === mine && last.delete(key));
  }
};
