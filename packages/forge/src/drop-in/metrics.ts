import { currentRuntime } from './current-platform.js';

type Tags = Record<string, string>;

/** Counts and times `work` by the runtime's metrics, under Forge's names. */
export const measured = async <T>(
  name: string,
  tags: Tags | undefined,
  work: () => T | Promise<T>,
): Promise<T> => {
  const { metrics } = currentRuntime();
  metrics.counter(name, tags).incr();
  const timer = metrics.timing(name, tags).measure();
  try {
    return await work();
  } finally {
    timer.stop();
  }
};

/** Counts `work`, which is done at once. */
export const counted = <T>(name: string, work: () => T): T => {
  currentRuntime().metrics.counter(name, undefined).incr();
  return work();
};
