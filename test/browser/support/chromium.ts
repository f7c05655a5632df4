import { type Browser, chromium } from 'playwright-core';
import { inject } from 'vitest';

const endpoint = inject('chromium');

/** Without one, tests are skipped, and the run has said so; under CI it has failed. */
export const hasChromium = endpoint !== '';

/** This run's Chromium, shared with other files; dispose of it to close what this file opened. */
export const connectChromium = (): Promise<Browser> => chromium.connect(endpoint);
