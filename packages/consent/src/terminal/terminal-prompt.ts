import { type Clock, type ConsentPrompt, systemClock } from '@tributary/pipeline';
import { readTimeout, startTimeLimit } from '../time-limit.js';

export interface TerminalPromptOptions {
  /** Opens the address for the person. Default: the machine's browser, through the package `open`. */
  readonly open?: (url: string) => unknown | Promise<unknown>;
  /** Where the person is told what happens. Default: `process.stderr`, so that stdout stays the app's. */
  readonly output?: { write(text: string): unknown };
  /** Ms to wait for the answer. Default Infinity: whoever asks sets the limit. */
  readonly timeout?: number;
  /** `false` opens nothing and prints the address. Default true. */
  readonly openBrowser?: boolean;
  /** Default: the system's. */
  readonly clock?: Clock;
}

/** Asks the person at this machine: in the browser, with a listener on the loopback redirect URI (RFC 8252). */
export const terminalPrompt = (options: TerminalPromptOptions = {}): ConsentPrompt => {
  const { clock = systemClock, openBrowser = true, open } = options;
  const timeout = readTimeout(options.timeout ?? Infinity);

  return {
    name: 'terminal',
    async ask(request, { signal }) {
      // Loaded when somebody is asked: most runs of an app find a grant.
      const { askOnLoopback } = await import('./ask-on-loopback.js');
      const limit = startTimeLimit(timeout, clock, signal);
      try {
        await askOnLoopback(request, {
          signal: limit.signal,
          output: options.output ?? process.stderr,
          openBrowser,
          ...(open && { open }),
        });
      } finally {
        limit.end();
      }
    },
  };
};
