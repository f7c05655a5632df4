import 'reflect-metadata/lite';
import {
  type AuthProvider,
  type AuthProviderFactory,
  ConfigError,
  type GrantStorage,
} from '@tributary/pipeline';
import { createRegistry, type Plugin } from '@tributary/pipeline/di';
import { createFacade, type FacadeOptions, type Tributary } from './create-facade.js';
import { defaultPlugins } from './default-plugins.js';

export interface TributaryOptions extends FacadeOptions {
  /** Who `asApp()` is: `apiToken(…)`, `personalAccessToken(…)`, `bearer(…)`, … */
  readonly app?: AuthProvider | AuthProviderFactory;
  /** Who `asUser()` is: `oauth(…)`, or `singleUser(…)` for a tool with one user. */
  readonly user?: AuthProvider | AuthProviderFactory;
  /** Where bare calls go. Default: `anonymous()`, at the site URL. */
  readonly bare?: AuthProvider | AuthProviderFactory;
  /**
   * Where users' grants are kept: `sqliteGrants(…)`, `redisGrants(…)`, `postgresGrants(…)` of
   * `@tributary/auth-providers`. Closed with the client. Default: in memory, for as long as it lives.
   */
  readonly grants?: GrantStorage | (() => GrantStorage);
  /** Replaces or adds parts of the chain, in this order. */
  readonly plugins?: readonly Plugin[];
  /** Put in front of Tributary's own User-Agent: `my-app/1.2`. */
  readonly userAgent?: string;
}

/**
 * Wires the chain in a container of its own, and composes it once.
 * @throws ConfigError when a setting is missing or can't work at the site; ChainError when plugins clash
 */
export const createTributary = (options: TributaryOptions): Tributary => {
  const { site, timeout, plugins = [], ...defaults } = options;
  if (site !== undefined && typeof site?.url !== 'string') {
    throw new ConfigError('site', "give cloud('https://example.atlassian.net') or dataCenter(…)");
  }
  const registry = createRegistry({ plugins, defaults: defaultPlugins(defaults) });
  return createFacade(registry, timeout === undefined ? { site } : { site, timeout });
};
