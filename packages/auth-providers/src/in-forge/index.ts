import 'reflect-metadata/lite';

export { isInForge } from './forge-runtime.js';
export { forgeTerminal } from './forge-terminal.js';
export { type InForge, inForge } from './in-forge.js';
export { ProxyRequestError } from './proxy-request-error.js';
