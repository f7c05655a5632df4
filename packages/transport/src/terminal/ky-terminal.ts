import type { Clock, Terminal } from '@tributary/pipeline';

export interface KyTerminalOptions {
  /** Default the runtime's own `fetch`, looked up when the terminal is made. */
  readonly fetch?: typeof globalThis.fetch;
  /** Stands behind our own product in the User-Agent: `tributary/1.0.0 my-app/2.3`. Default none. */
  readonly userAgent?: string;
  /** Default the system's clock. */
  readonly clock?: Clock;
}

export const kyTerminal = (_options: KyTerminalOptions = {}): Terminal => ({
  name: 'ky',
  send: () => Promise.reject(new Error('not built yet')),
});
