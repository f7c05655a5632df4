import type { Terminal } from '@tributary/pipeline';
import { type Carrier, type CarrierOptions, openCarrier } from './carrier.js';
import { createTerminalOver, type TerminalOptions } from './create-terminal.js';
import { kyExchange } from './ky-exchange.js';

export interface KyTerminalOptions extends TerminalOptions, CarrierOptions {}

/** ky over connections that somebody else may use too. */
export const kyOver = ({ carry, dispose }: Carrier, options: TerminalOptions): Terminal => ({
  ...createTerminalOver('ky', kyExchange(carry), options),
  dispose,
});

/** The terminal that runs everywhere: ky over fetch, on Node over undici. */
export const kyTerminal = (options: KyTerminalOptions = {}): Terminal =>
  kyOver(openCarrier(options), options);
