import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { patience } from '../waiting.js';

/** Waits for what happens on sockets, in real time. */
export const until = async (isDone: () => boolean, what: string): Promise<void> => {
  const started = performance.now();
  while (!isDone()) {
    assert.ok(performance.now() - started < patience.ms, what);
    await wait(2);
  }
};
