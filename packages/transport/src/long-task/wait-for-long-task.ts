import {
  type Clock,
  InvalidResponseError,
  type Random,
  RequestError,
  sleep,
  systemClock,
  systemRandom,
  TimeoutError,
} from '@tributary/pipeline';
import { route } from '@tributary/route';
import { isRecord, readJson } from '../answers/read-json.js';
import type { PassedOptions, RequestsConfluence } from '../answers/requests-confluence.js';
import { type LongTask, readLongTask } from './long-task.js';
import { LongTaskError } from './long-task-error.js';

export interface WaitForLongTaskOptions {
  /** Ends the waiting; the task itself goes on, since Confluence has no way to stop one. */
  readonly signal?: AbortSignal;
  /** After each look at the task, the last one included. */
  readonly onProgress?: (task: LongTask) => void;
  /** Ms before the second look; each wait is half as long again as the one before. Default 1000. */
  readonly interval?: number;
  /** Ms; no wait is longer. Default 15,000. */
  readonly maxInterval?: number;
  /** Ms for the whole task; false for none. Default false. */
  readonly timeout?: number | false;
  /** For every look: headers, `timeout`, `retry` and the like. */
  readonly request?: PassedOptions;
  /** Default the system's. */
  readonly clock?: Clock;
  /** For jitter. Default Math.random. */
  readonly random?: Random;
}

const DEFAULTS = { interval: 1000, maxInterval: 15_000, growth: 1.5 } as const;

const readMs = (value: number, field: string): number => {
  if (Number.isFinite(value) && value > 0) return value;
  throw new RequestError(field, 'must be a number of ms above 0');
};

/** Between nine tenths of it and all: many waiters don't come at once, and none comes much earlier. */
const jittered = (ms: number, random: Random): number => ms * (0.9 + 0.1 * random());

/**
 * Looks at a long-running task (`GET /wiki/rest/api/longtask/{id}`, without `/wiki` on Data Center) until
 * it has ended.
 * @returns the task as it ended
 * @throws LongTaskError when it ended without success; TimeoutError when it takes longer than `timeout`;
 *   ResponseError for an error status: 404 also for a task that the principal may not see
 */
export const waitForLongTask = async (
  api: RequestsConfluence,
  id: string | number,
  options: WaitForLongTaskOptions = {},
): Promise<LongTask> => {
  const { signal, onProgress, timeout = false, request } = options;
  const { clock = systemClock, random = systemRandom } = options;
  const maxInterval = readMs(options.maxInterval ?? DEFAULTS.maxInterval, 'maxInterval');
  let interval = readMs(options.interval ?? DEFAULTS.interval, 'interval');
  const end = timeout === false ? Infinity : clock.monotonic() + readMs(timeout, 'timeout');
  const isCloud = api.site?.deployment !== 'data-center';
  const path = isCloud ? route`/wiki/rest/api/longtask/${id}` : route`/rest/api/longtask/${id}`;
  const { template } = path;

  for (let looks = 1; ; looks += 1) {
    signal?.throwIfAborted();
    const answer = api.requestConfluence(path, { ...request, ...(signal && { signal }) });
    const { body } = await readJson(answer, template, signal);
    if (!isRecord(body)) {
      throw new InvalidResponseError('The answer describes no task.', { template });
    }
    const task = readLongTask(String(id), body);
    onProgress?.(task);
    if (task.isFinished) {
      if (task.isSuccessful) return task;
      const said = task.messages.length === 0 ? '' : `: ${task.messages.join('; ')}`;
      throw new LongTaskError(`The task ended without success${said}.`, { task, template });
    }
    const wait = jittered(Math.min(interval, maxInterval), random);
    if (clock.monotonic() + wait > end) {
      throw new TimeoutError(
        `The task was at ${task.percentageComplete} % when its time was up; it goes on, so wait for it again, or longer.`,
        { attempts: looks, template, sent: 'yes' },
      );
    }
    await sleep(clock, wait, signal);
    interval *= DEFAULTS.growth;
  }
};
