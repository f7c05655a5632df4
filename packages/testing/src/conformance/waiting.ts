import assert from 'node:assert/strict';
import type { FakeClock } from '../fakes/fake-clock.js';

/** Real `ms` after which a case fails instead of hanging: a busy machine may take seconds. */
export const patience = { ms: 10_000 };

/** Real ms until a deadline, in which a request arrives on a busy machine too. */
export const DEADLINE_MS = 400;

/** A step of the fake clock: long enough for a Retry-After, short enough to keep the order of events. */
const STEP_MS = 1000;

/** Moves the clock on until `isDone`, and real time with it. */
export const driveUntil = async (
  isDone: () => boolean,
  clock: FakeClock,
  what: string,
): Promise<void> => {
  const started = performance.now();
  while (!isDone()) {
    assert.ok(performance.now() - started < patience.ms, `${what} within ${patience.ms} ms`);
    await clock.advance(STEP_MS);
  }
};

/** The outcome of `work`, moving the clock on for as long as it waits. */
export const drive = async <T>(work: Promise<T>, clock: FakeClock): Promise<T> => {
  let isSettled = false;
  const settled = () => {
    isSettled = true;
  };
  work.then(settled, settled);
  await driveUntil(() => isSettled, clock, 'the call must settle');
  return work;
};

/** The outcome of `work`, or a failure that says what did not happen in time. */
export const within = async <T>(work: Promise<T>, ms: number, what: string): Promise<T> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new assert.AssertionError({ message: what })), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
};

/** What `work` rejects with; fails when it doesn't. */
export const rejectionOf = (work: Promise<unknown>, what: string): Promise<unknown> =>
  work.then(
    () => assert.fail(what),
    (error: unknown) => error,
  );
