import { createPipeline, type Pipeline } from '../chain/create-pipeline.js';
import type { Registry } from './registry.js';
import {
  ATTEMPT,
  AUTH,
  BUDGET,
  CLOCK,
  CONSENT,
  OBSERVE,
  RESOLVE,
  RETRY,
  TRANSPORT,
} from './tokens.js';

/**
 * Resolves every slot once and folds the chain; the container is not touched again. Disposing of the
 * pipeline disposes of everything that the registry built: slots, stores, sockets.
 * @throws ChainError when a slot is empty, doubled, or holds something of another shape.
 */
export const composePipeline = (registry: Registry): Pipeline => {
  const clock = registry.find(CLOCK);
  const pipeline = createPipeline(
    {
      observe: registry.all(OBSERVE),
      resolve: registry.get(RESOLVE),
      consent: registry.all(CONSENT),
      retry: registry.get(RETRY),
      budget: registry.all(BUDGET),
      auth: registry.get(AUTH),
      attempt: registry.all(ATTEMPT),
      transport: registry.get(TRANSPORT),
    },
    clock === undefined ? {} : { clock },
  );
  return { ...pipeline, [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose]() };
};
