import type { Terminal } from '@tributary/pipeline';
import type { Dispatcher } from 'undici';
import type { Carrier } from '../terminal/carrier.js';
import { createTerminalOver, type TerminalOptions } from '../terminal/create-terminal.js';
import { openNetwork } from './network.js';
import type { ConnectionOptions } from './network-options.js';

export interface UndiciTerminalOptions extends TerminalOptions, ConnectionOptions {
  /**
   * undici 8's: a pool of your own, a MockAgent. The options of connections are then its own, proxies of
   * the environment are its business, and it isn't closed with the terminal. Default none.
   */
  readonly dispatcher?: Dispatcher;
}

/** undici over connections that somebody else may use too. */
export const undiciOver = ({ carry, dispose }: Carrier, options: TerminalOptions): Terminal => ({
  ...createTerminalOver('undici', carry, options),
  dispose,
});

/** The quickest terminal, for Node: undici's dispatcher, without fetch in between. */
export const undiciTerminal = (options: UndiciTerminalOptions = {}): Terminal =>
  undiciOver(openNetwork(options, options.dispatcher), options);
