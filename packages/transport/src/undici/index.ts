export type { ConnectionOptions } from './network-options.js';
export { type UndiciTerminalOptions, undiciTerminal } from './undici-terminal.js';
export { type UndiciTransportOptions, undiciTransport } from './undici-transport.js';
