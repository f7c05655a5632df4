import { type ChildProcess, spawn } from 'node:child_process';
import { type BrowserCommand, fillIn } from './browser-choice.js';

/**
 * Opens the machine's browser; under WSL, Windows' own.
 * @throws as soon as its launcher can't start or ends with an error, which may be a while later.
 */
export const openInBrowser = async (url: string): Promise<void> => {
  const { default: open } = await import('open');
  await launched(await open(url));
};

/**
 * Opens it with the first of the commands that works; `isWanted` is asked before each.
 * @throws as `openInBrowser`, the error of the last
 */
export const openWithCommands = async (
  commands: readonly BrowserCommand[],
  url: string,
  isWanted: () => boolean,
): Promise<void> => {
  let failure: unknown;
  for (const command of commands) {
    if (!isWanted()) return;
    try {
      return await run(fillIn(command, url));
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
};

const run = ([program, ...args]: BrowserCommand): Promise<void> => {
  const launcher = spawn(program, args, {
    stdio: 'ignore',
    // Or Ctrl-C at the terminal would close the person's browser too.
    detached: process.platform !== 'win32',
  });
  launcher.unref();
  return launched(launcher);
};

const launched = async (launcher: ChildProcess): Promise<void> => {
  if (launcher.exitCode === null) {
    await new Promise<void>((resolve, reject) => {
      launcher.once('error', reject);
      launcher.once('exit', () => resolve());
    });
  }
  if (launcher.exitCode !== 0) throw new Error(`The browser's launcher ended with an error.`);
};
