import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of the app, and what it answers. It ends by itself when it is let go. */
export const startProcess = () => {
  const child = fork(new URL('./process.mjs', import.meta.url), { execArgv: [] });
  let last = 0;
  const ask = (message) =>
    new Promise((resolve, reject) => {
      last += 1;
      const id = last;
      const onMessage = (answer) => {
        if (answer.id !== id) return;
        stop();
        resolve(answer.answer);
      };
      const onExit = () => {
        stop();
        reject(new Error('a process ended before it answered'));
      };
      const stop = () => child.off('message', onMessage).off('exit', onExit);
      child.on('message', onMessage).on('exit', onExit);
      child.send({ id, ...message });
    });
  return {
    open: (options) => ask({ open: options }),
    /** Makes `count` calls at once; how many were answered 200. */
    call: (count) => ask({ call: count }),
    async end() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
};
