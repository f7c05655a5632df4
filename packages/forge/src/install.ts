import { ConfigError } from '@tributary/pipeline';
import { heedOddSegments, type OddSegmentsOptions } from './odd-segments.js';
import { createPlatform } from './platform/create-platform.js';
import { egressFetch, egressHosts } from './platform/egress.js';
import type { ForgePlatformOptions, PlatformClient } from './platform/platform-options.js';
import { UNGUARDED } from './platform/unguarded-fetch.js';

export interface InstallOptions extends ForgePlatformOptions, OddSegmentsOptions {
  /** Takes the place of a platform that is there already, such as a test's stand-in. Default false. */
  readonly replace?: boolean;
}

/** Under which the fetch that we installed says so, for other copies of this package too. */
const OURS: unique symbol = Symbol.for('@tributary/forge.install') as never;

const FETCH = '__forge_fetch__';
const RUNTIME = '__forge_runtime__';

const refuseSecond = (replace: boolean): void => {
  const there = (globalThis as Record<string, unknown>)[FETCH];
  if (there === undefined) return;
  if (typeof there === 'function' && OURS in there) {
    throw new ConfigError(
      'install',
      'was called already in this process; call the function that it returned first',
    );
  }
  if (replace) return;
  throw new ConfigError(
    'install',
    "finds Forge's runtime here, or what stands in for it: code for Forge runs on that; to take its place all the same, pass { replace: true }",
  );
};

/** A global, as long as it is ours; the function puts back what was there. */
const setGlobal = (name: string, descriptor: PropertyDescriptor): (() => void) => {
  const before = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { ...descriptor, configurable: true });
  return () => {
    const now = Object.getOwnPropertyDescriptor(globalThis, name);
    // Somebody else's by now, who will want to put back ours: that does no harm.
    const isOurs = now?.value === descriptor.value && now?.get === descriptor.get;
    if (!isOurs) return;
    if (before === undefined) delete (globalThis as Record<string, unknown>)[name];
    else Object.defineProperty(globalThis, name, before);
  };
};

/** The global fetch, held to the list of hosts, as Forge's is. */
const guardFetch = (options: InstallOptions): (() => void) => {
  // As it is now: a tool that replaces it later hands on to this one.
  const { fetch } = globalThis;
  const guarded = egressFetch(options, options.fetch ?? fetch);
  return setGlobal('fetch', {
    value: Object.assign(guarded, { [UNGUARDED]: fetch }),
    writable: true,
    enumerable: true,
  });
};

/**
 * Provides what the real `@forge/api` calls, `__forge_fetch__` and `__forge_runtime__`, in this process: code
 * that imports it then runs on `tributary`, in each invocation as that invocation. Where a list of hosts is
 * given (`egress`, or `permissions.external.fetch.backend`), the global `fetch` keeps to it; `@forge/api`
 * takes hold of that when it is loaded, so call `install` before.
 * @returns puts back what was there; calls that are under way go on
 * @throws ConfigError where there is a platform already, or an option can't work
 */
export const install = (tributary: PlatformClient, options: InstallOptions = {}): (() => void) => {
  refuseSecond(options.replace ?? false);
  const platform = createPlatform(tributary, options);
  const fetch = Object.assign(heedOddSegments(platform.fetch, options), { [OURS]: true });
  const isGuarded = egressHosts(options) !== undefined;
  const restore = [
    setGlobal(FETCH, { value: fetch, writable: true }),
    setGlobal(RUNTIME, { get: platform.runtime }),
    ...(isGuarded ? [guardFetch(options)] : []),
  ];
  return () => {
    for (const putBack of restore.splice(0).reverse()) putBack();
  };
};
