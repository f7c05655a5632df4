import { type Clock, sleep, TributaryError } from '@tributary/pipeline';
import { GrantStoreError, wordsOf } from './grant-store-error.js';

/** How long a statement is tried: a restart of the server, or a failover. */
const PATIENCE_MS = 5_000;
/** How long one attempt may take: a network that swallows packets never answers. */
const ATTEMPT_MS = 5_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

export interface ReachOptions {
  readonly clock: Clock;
  /** The database's name, for messages. */
  readonly name: string;
  /** Whether the server was not there, so that the same statement may succeed in a moment. */
  readonly isPassing: (error: unknown) => boolean;
  /** Whether it was closed meanwhile. */
  readonly isClosed: () => boolean;
  /** Loads the driver, which on a busy machine takes longer than a server may. */
  readonly load?: () => Promise<unknown>;
  /** Called when an attempt got no answer at all: the connection is worth nothing any more. */
  readonly onSilence?: () => void;
}

/** Does `work`, again and again while the server can't be reached. All it does must bear being done twice. */
export type Reach = <T>(work: () => Promise<T>) => Promise<T>;

/** Carries statements over a restart of the server or a lost connection. */
export const reaching = ({
  clock,
  name,
  isPassing,
  isClosed,
  load,
  onSilence,
}: ReachOptions): Reach => {
  const fail = (error: unknown, isLost: boolean) => {
    const words = wordsOf(error);
    return new GrantStoreError(
      isLost
        ? `${name}, which keeps the grants, can't be reached (${words}); the same call may succeed later.`
        : `${name}, which keeps the grants, refused (${words}).`,
      { retryable: isLost, cause: error },
    );
  };

  let isLoaded = load === undefined;

  return async function reach(work) {
    if (!isLoaded && !isClosed()) {
      await load?.();
      isLoaded = true;
    }
    const started = clock.monotonic();
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      if (isClosed()) throw new GrantStoreError(`The store of grants in ${name} is closed.`);
      try {
        return await inTime(work(), clock);
      } catch (error) {
        if (error instanceof TributaryError) throw error;
        if (error instanceof LateError) onSilence?.();
        const isLost = error instanceof LateError || isPassing(error);
        const isOver = clock.monotonic() - started + pause > PATIENCE_MS;
        if (!isLost || isOver) throw fail(error, isLost);
        await sleep(clock, pause);
      }
    }
  };
};

class LateError extends Error {
  constructor() {
    super(`no answer in ${ATTEMPT_MS} ms`);
  }
}

const inTime = <T>(work: Promise<T>, clock: Clock): Promise<T> =>
  new Promise((resolve, reject) => {
    const cancel = clock.setTimer(() => reject(new LateError()), ATTEMPT_MS);
    work.then(resolve, reject).finally(cancel);
  });
