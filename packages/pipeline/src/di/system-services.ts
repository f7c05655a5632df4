import { systemClock } from '../services/clock.js';
import { silentLogger } from '../services/logger.js';
import { systemRandom } from '../services/random.js';
import type { Plugin } from './registry.js';
import { CLOCK, LOGGER, RANDOM } from './tokens.js';

/** The machine's clock and randomness, and a logger that says nothing. */
export const systemServices: Plugin = {
  name: 'system-services',
  register(registry) {
    registry.provide(CLOCK, { useValue: systemClock });
    registry.provide(RANDOM, { useValue: systemRandom });
    registry.provide(LOGGER, { useValue: silentLogger });
  },
};
