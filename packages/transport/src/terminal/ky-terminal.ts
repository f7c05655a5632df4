import type { Terminal } from '@tributary/pipeline';
import { createTerminal, type TerminalOptions } from './create-terminal.js';
import { kyExchange } from './ky-exchange.js';

export interface KyTerminalOptions extends TerminalOptions {
  /** Called as `fetch(url, init)`. Default the runtime's own. */
  readonly fetch?: typeof globalThis.fetch;
}

/** The terminal that runs everywhere: ky over fetch. */
export const kyTerminal = ({ fetch, ...options }: KyTerminalOptions = {}): Terminal =>
  createTerminal('ky', kyExchange(fetch), options);
