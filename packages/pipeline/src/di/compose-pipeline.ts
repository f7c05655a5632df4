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
  // Innermost first, since the registry disposes in reverse: sockets close after what sends.
  const transport = registry.get(TRANSPORT);
  const attempt = registry.all(ATTEMPT);
  const auth = registry.get(AUTH);
  const budget = registry.all(BUDGET);
  const retry = registry.get(RETRY);
  const consent = registry.all(CONSENT);
  const resolve = registry.get(RESOLVE);
  const observe = registry.all(OBSERVE);
  const pipeline = createPipeline(
    { observe, resolve, consent, retry, budget, auth, attempt, transport },
    clock === undefined ? {} : { clock },
  );
  return { ...pipeline, [Symbol.asyncDispose]: () => registry[Symbol.asyncDispose]() };
};
