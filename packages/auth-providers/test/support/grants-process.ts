import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface GrantsJob {
  readonly store: 'redis' | 'postgres' | 'sqlite';
  /** Options of the store, with the encryption key as `key`. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly job: 'count' | 'hold';
  readonly times?: number;
}

const worker = fileURLToPath(new URL('./grants-worker.mjs', import.meta.url));

/** Runs the built package in a process of its own. */
export const startGrantsProcess = (job: GrantsJob): ChildProcess =>
  fork(worker, [JSON.stringify(job)], { execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });

/** Rejects with what the process said when it fails. */
export const ended = async (child: ChildProcess): Promise<void> => {
  let words = '';
  child.stderr?.on('data', (chunk) => {
    words += chunk;
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`The process ended with ${code}: ${words}`);
};
