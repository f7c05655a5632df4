import { fork } from 'node:child_process';
import { once } from 'node:events';

/**
 * A process of a benchmark, asked by messages `{ id, command, given }` and answering `{ id, answer }`. It
 * ends by itself when it is let go.
 */
export const forkModule = (url) => {
  const child = fork(url, { execArgv: [] });
  let last = 0;
  return {
    ask: (command, given) =>
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
          reject(new Error(`a process ended before it answered: ${command}`));
        };
        const stop = () => child.off('message', onMessage).off('exit', onExit);
        child.on('message', onMessage).on('exit', onExit);
        child.send({ id, command, given });
      }),
    async end() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
};
