import { ConfigError } from '@tributary/pipeline';
import type { OddSegmentsOptions } from '../odd-segments.js';
import type { ForgeFetch, ForgePlatform } from '../platform/forge-fetch.js';
import type { ForgeRuntime } from '../platform/forge-runtime.js';
import { warnings } from '../platform/warnings.js';
import { ForgeRuntimeMissingError } from './runtime-missing-error.js';

interface Current {
  readonly platform: ForgePlatform;
  readonly isStrict: boolean;
  readonly warn: (message: string) => void;
}

interface ForgeGlobals {
  readonly __forge_fetch__?: ForgeFetch;
  readonly __forge_runtime__?: ForgeRuntime;
}

// On globalThis, since a bundle holds a copy of this module of its own.
const KEY = Symbol.for('@tributary/forge.current');
const globals = globalThis as ForgeGlobals & { [KEY]?: Current | undefined };

const ADVICE =
  'Call useTributary(tributary) of @tributary/forge once, before the first request, where the app starts.';

/**
 * Makes `platform` the one that the drop-in for `@forge/api` works on, in the whole process.
 * @returns ends it. Calls that are under way go on.
 * @throws ConfigError while there is another one
 */
export const usePlatform = (
  platform: ForgePlatform,
  options: OddSegmentsOptions = {},
): (() => void) => {
  if (globals[KEY] !== undefined) {
    throw new ConfigError(
      'platform',
      'another one is in use in this process; end it first, with the function that it was begun with',
    );
  }
  const { strictRoutes = false, warn } = options;
  const current: Current = { platform, isStrict: strictRoutes, warn: warnings(warn) };
  globals[KEY] = current;
  return () => {
    // A second end must not take away the next one.
    if (globals[KEY] === current) globals[KEY] = undefined;
  };
};

/** What real Forge, `install()` and stand-ins provide. */
const globalPlatform: ForgePlatform = {
  fetch: (meta, path, init) => (globals.__forge_fetch__ as ForgeFetch)(meta, path, init),
  runtime: () => globals.__forge_runtime__,
  egress: (url, init) => globalThis.fetch(url, init as RequestInit),
};

/** @throws ForgeRuntimeMissingError where there is none */
export const currentPlatform = (): ForgePlatform => {
  const platform = globals[KEY]?.platform;
  if (platform !== undefined) return platform;
  if (typeof globals.__forge_fetch__ === 'function') return globalPlatform;
  throw new ForgeRuntimeMissingError(ADVICE);
};

/** @throws ForgeRuntimeMissingError where there is no platform, or none that runs an invocation now */
export const currentRuntime = (): ForgeRuntime => {
  const runtime =
    globals[KEY] === undefined ? globals.__forge_runtime__ : globals[KEY].platform.runtime();
  if (runtime) return runtime;
  throw new ForgeRuntimeMissingError(
    globals[KEY] === undefined ? ADVICE : 'It is there only while a handler of the app runs.',
  );
};

/** Whether `route` refuses what Forge lets pass. */
export const isStrict = (): boolean => globals[KEY]?.isStrict ?? false;

const warnByDefault = warnings();

/** Tells whoever runs the app, once each. */
export const warn = (message: string): void => (globals[KEY]?.warn ?? warnByDefault)(message);
