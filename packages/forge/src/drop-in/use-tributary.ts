import type { OddSegmentsOptions } from '../odd-segments.js';
import { createPlatform } from '../platform/create-platform.js';
import type { ForgePlatformOptions, PlatformClient } from '../platform/platform-options.js';
import { usePlatform } from './current-platform.js';

export interface UseTributaryOptions extends ForgePlatformOptions, OddSegmentsOptions {}

/**
 * Makes `tributary` what the drop-in for `@forge/api` calls, in the whole process: code that imports that runs
 * on it, in each invocation as that invocation.
 * @returns ends it; calls that are under way go on
 * @throws ConfigError while another one is in use, or where an option can't work
 */
export const useTributary = (
  tributary: PlatformClient,
  options: UseTributaryOptions = {},
): (() => void) => usePlatform(createPlatform(tributary, options), options);
