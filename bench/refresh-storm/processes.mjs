import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Resolves to what the process says under this name; rejects when it ends before. */
const said = (child, field) =>
  new Promise((resolve, reject) => {
    const onMessage = (message) => {
      if (message[field] === undefined) return;
      stop();
      resolve(message[field]);
    };
    const onEnd = (_, signal) => {
      stop();
      reject(new Error(`a process ended (${signal}) before it said ${field}`));
    };
    const stop = () => child.off('message', onMessage).off('exit', onEnd);
    child.on('message', onMessage).on('exit', onEnd);
  });

const start = () => {
  const child = fork(new URL('./process.mjs', import.meta.url), { execArgv: [] });
  let tell = () => {};
  child.on('message', ({ isRefreshing }) => isRefreshing && tell());
  return {
    /** Builds the app; resolves when it could be called. */
    async open(app) {
      const ready = said(child, 'isReady');
      child.send({ open: app });
      await ready;
    },
    /** Has all callers call at once. What they got; nothing when the process was killed. */
    async call(callers) {
      const results = said(child, 'results').catch(() => []);
      child.send({ callers });
      return results;
    },
    /** Whom to tell that it asks the token endpoint. */
    onRefreshing: (listener) => {
      tell = listener;
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async kill() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
    /** It has to end by itself: nothing of the app's may hold it up. */
    async end() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
};

/** Processes that go from one storm to the next; those that were killed are replaced. */
export const createPool = () => {
  const idle = [];
  return {
    take: (count) => Array.from({ length: count }, () => idle.pop() ?? start()),
    giveBack: (processes) => {
      for (const one of processes) if (one.isAlive()) idle.push(one);
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(idle.map((one) => one.end()));
    },
  };
};
