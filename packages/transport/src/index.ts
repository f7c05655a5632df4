export { budget } from './budget/budget.js';
export type { BudgetOptions } from './budget/budget-options.js';
export { QueueFullError } from './budget/queue-full-error.js';
export type { BudgetKey, SharedBudget } from './budget/shared-budget.js';
export { retry } from './retry/retry.js';
export { parseRetryAfter } from './retry/retry-after.js';
export type { RetryCallOptions, RetryOptions } from './retry/retry-options.js';
export { ServerUnavailableError } from './retry/server-unavailable-error.js';
export {
  connectionFailed,
  defaultStrategies,
  rateLimited,
  spuriousConflict,
  unavailable,
} from './retry/strategies.js';
export type { RetryAttempt, RetryOutcome, RetryPlan, RetryStrategy } from './retry/strategy.js';
export type { OwnServiceFetch, ServiceFetchOptions } from './service-fetch/service-fetch.js';
export { serviceFetch } from './service-fetch/service-fetch.js';
export type { CarrierOptions } from './terminal/carrier.js';
export type { TerminalOptions } from './terminal/create-terminal.js';
export { createTerminal } from './terminal/create-terminal.js';
export type { KyTerminalOptions } from './terminal/ky-terminal.js';
export { kyTerminal } from './terminal/ky-terminal.js';
export type { Exchange, ExchangeContext, WireBody, WireRequest } from './terminal/wire-request.js';
export type { ConnectionOptions } from './undici/network-options.js';
