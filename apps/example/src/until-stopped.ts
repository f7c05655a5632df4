import { once } from 'node:events';

/** Until the person stops it. */
export const untilStopped = async (signal: AbortSignal): Promise<void> => {
  if (!signal.aborted) await once(signal, 'abort');
};
