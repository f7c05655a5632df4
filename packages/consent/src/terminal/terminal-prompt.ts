import { type Clock, type ConsentPrompt, systemClock } from '@tributary/pipeline';
import { readTimeout, startTimeLimit } from '../time-limit.js';

export interface TerminalPromptOptions {
  /** Opens the address for the person. Default: the programs in `BROWSER`, else the machine's browser. */
  readonly open?: (url: string) => unknown | Promise<unknown>;
  /** Where the person is told what happens. Default: `process.stderr`, so that stdout stays the app's. */
  readonly output?: { write(text: string): unknown };
  /**
   * Where the person pastes the address that they ended up at, when their browser can't bring the answer.
   * False: nowhere. Default: `process.stdin`, where it is a terminal.
   */
  readonly input?: NodeJS.ReadableStream | false;
  /**
   * What to run at a terminal instead, for the error where there is none. Default: this program,
   * without its arguments, which may hold secrets.
   */
  readonly command?: string;
  /** Ms to wait for the answer. Default Infinity: whoever asks sets the limit. */
  readonly timeout?: number;
  /** `false` opens nothing and prints the address. Default true. */
  readonly openBrowser?: boolean;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/**
 * Asks the person at this terminal: in the browser, with a listener on the loopback redirect URI (RFC
 * 8252); where the browser is on another machine, they may paste the answer.
 * @throws ConfigError naming `timeout`
 */
export const terminalPrompt = (options: TerminalPromptOptions = {}): ConsentPrompt => {
  const { clock = systemClock } = options;
  const timeout = readTimeout(options.timeout ?? Infinity);

  return {
    name: 'terminal',
    async ask(request, { signal }) {
      // Loaded when somebody is asked: most runs of an app find a grant.
      const { askInTerminal } = await import('./ask-in-terminal.js');
      const limit = startTimeLimit(timeout, clock, signal);
      try {
        await askInTerminal(request, options, limit.signal);
      } finally {
        limit.end();
      }
    },
  };
};
