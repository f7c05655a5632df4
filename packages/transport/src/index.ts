export { retry } from './retry/retry.js';
export { parseRetryAfter } from './retry/retry-after.js';
export type { RetryCallOptions, RetryOptions } from './retry/retry-options.js';
export type { ServiceFetchOptions } from './service-fetch/service-fetch.js';
export { serviceFetch } from './service-fetch/service-fetch.js';
export type { KyTerminalOptions } from './terminal/ky-terminal.js';
export { kyTerminal } from './terminal/ky-terminal.js';
