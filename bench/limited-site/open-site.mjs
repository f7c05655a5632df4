import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** A site with limits, and what it counted. */
export const openSite = async (limits) => {
  const worker = new Worker(new URL('./server.mjs', import.meta.url), { workerData: limits });
  const ask = async (message) => {
    worker.postMessage(message);
    return (await once(worker, 'message'))[0];
  };
  const [{ port }] = await once(worker, 'message');
  return {
    origin: `http://127.0.0.1:${port}`,
    /** Begins a new run, all limits unspent. */
    reset: () => ask('reset'),
    /** @returns requests, those refused among them, and different pages answered */
    report: () => ask('report'),
    close: () => worker.terminate(),
  };
};
