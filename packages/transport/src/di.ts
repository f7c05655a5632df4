import 'reflect-metadata/lite';
import type { AttemptCall, Clock, Logger, Middleware, Random } from '@tributary/pipeline';
import {
  BUDGET,
  CLOCK,
  FETCH,
  LOGGER,
  type Plugin,
  RANDOM,
  RETRY,
  type Resolver,
  TRANSPORT,
  token,
} from '@tributary/pipeline/di';
import { budget, budgetWith } from './budget/budget.js';
import type { BudgetOptions } from './budget/budget-options.js';
import { retry } from './retry/retry.js';
import type { RetryOptions } from './retry/retry-options.js';
import { type ServiceFetchOptions, serviceFetchOver } from './service-fetch/service-fetch.js';
import { openCarrier } from './terminal/carrier.js';
import { type KyTerminalOptions, kyOver } from './terminal/ky-terminal.js';

/** One set for both: the product calls, and the requests that are none. */
export interface KyTransportOptions extends Omit<KyTerminalOptions, 'clock'> {
  /** Settings of FETCH alone. */
  readonly service?: Pick<ServiceFetchOptions, 'timeout' | 'maxBytes'>;
}

const clockOf = (resolver: Resolver): { clock?: Clock } => {
  const clock = resolver.find(CLOCK);
  return clock === undefined ? {} : { clock };
};

const randomOf = (resolver: Resolver): { random?: Random } => {
  const random = resolver.find(RANDOM);
  return random === undefined ? {} : { random };
};

const loggerOf = (resolver: Resolver): { logger?: Logger } => {
  const logger = resolver.find(LOGGER);
  return logger === undefined ? {} : { logger };
};

/** Provides TRANSPORT and FETCH over one set of connections. */
export const kyTransport = ({ service, ...options }: KyTransportOptions = {}): Plugin => ({
  name: 'ky-transport',
  register(registry) {
    // One per chain, closed with its terminal.
    const carrier = openCarrier(options);
    registry.provide(TRANSPORT, {
      useFactory: (resolver) => kyOver(carrier, { ...clockOf(resolver), ...options }),
    });
    registry.provide(FETCH, {
      useFactory: (resolver) =>
        serviceFetchOver(carrier, {
          ...clockOf(resolver),
          ...randomOf(resolver),
          ...options,
          ...service,
        }),
    });
  },
});

const budgetServices = (resolver: Resolver) => ({ ...clockOf(resolver), ...loggerOf(resolver) });

/** Whether a plugin has said what the budget is. */
const GIVEN = token<true>('a budget');

/** None of its calls waits for a permit. */
const noBudget: Middleware<AttemptCall> = { name: 'no-budget', wrap: (next) => next };

/** Adds to BUDGET, in place of the default; `false` for none at all. */
export const budgetPlugin = (
  options: Omit<BudgetOptions, 'clock' | 'logger'> | false = {},
): Plugin => ({
  name: 'budget',
  register(registry) {
    registry.provide(GIVEN, { useValue: true });
    registry.add(BUDGET, {
      useFactory: (resolver) =>
        options === false ? noBudget : budget({ ...budgetServices(resolver), ...options }),
    });
  },
});

/** The budget where `budgetPlugin` says nothing else. */
export const defaultBudget: Plugin = {
  name: 'budget',
  register(registry) {
    if (registry.find(GIVEN)) return;
    registry.add(BUDGET, { useFactory: (resolver) => budgetWith(budgetServices(resolver)) });
  },
};

/** Provides RETRY. */
export const retryPlugin = (options: Omit<RetryOptions, 'clock' | 'random'> = {}): Plugin => ({
  name: 'retry',
  register(registry) {
    registry.provide(RETRY, {
      useFactory: (resolver) => retry({ ...clockOf(resolver), ...randomOf(resolver), ...options }),
    });
  },
});
