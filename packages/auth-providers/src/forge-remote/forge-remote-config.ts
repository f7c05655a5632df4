import {
  type Clock,
  ConfigError,
  type Logger,
  normaliseBase,
  type ServiceFetch,
} from '@tributary/pipeline';
import { isCloudId } from '../sites/cloud-id.js';

/**
 * The key of the option that takes an `apiBaseUrl` on loopback, also over http: for tests. A symbol, so
 * that neither a typo nor JSON settings turn the check off.
 */
export const allowLoopback: unique symbol = Symbol('allowLoopback');

export type ForgeEnvironment = 'PRODUCTION' | 'STAGING' | 'DEVELOPMENT';

export interface ForgeRemoteOptions {
  /** The apps whose invocations are answered: `app.id` of each manifest.yml, as the ARI or its UUID. */
  readonly appIds: readonly string[];
  /** Where the keys are. Default: Atlassian's for Forge. */
  readonly jwksUrl?: string;
  /** All environments of an app share one audience. Default `['PRODUCTION']`. */
  readonly environments?: readonly ForgeEnvironment[];
  /** How far Atlassian's clock and this one may differ, in ms: 0 to 10,000. Default 5,000. */
  readonly clockSkewMs?: number;
  /** How old a token may be, in ms: 1,000 to 600,000. Forge's live 25 s. Default 60,000. */
  readonly maxAgeMs?: number;
  /** Hosts that `apiBaseUrl` may be at. Default `['api.atlassian.com']`. */
  readonly apiBaseHosts?: readonly string[];
  /** Gets the keys. Default: that of the client which this remote's providers are part of. */
  readonly fetch?: ServiceFetch;
  /** Default: that client's. */
  readonly clock?: Clock;
  /** Told of refused requests, without their content. Default: that client's. */
  readonly logger?: Logger;
  /** Takes an `apiBaseUrl` on loopback: for tests. Default false. */
  readonly [allowLoopback]?: boolean;
}

export interface ForgeRemoteConfig {
  /** As they stand in `aud`. */
  readonly audiences: ReadonlySet<string>;
  readonly jwksUrl: string;
  readonly environments: ReadonlySet<string>;
  readonly clockSkewMs: number;
  readonly maxAgeMs: number;
  readonly apiBaseHosts: ReadonlySet<string>;
  readonly isLoopbackAllowed: boolean;
}

/** Forge: "Remote essentials", Verifying remote requests. */
const JWKS_URL = 'https://forge.cdn.prod.atlassian-dev.net/.well-known/jwks.json';

export const FORGE_REMOTE_DEFAULTS = Object.freeze({
  jwksUrl: JWKS_URL,
  environments: ['PRODUCTION'] as readonly ForgeEnvironment[],
  clockSkewMs: 5_000,
  maxAgeMs: 60_000,
  apiBaseHosts: ['api.atlassian.com'] as readonly string[],
});

const APP_ARI = 'ari:cloud:ecosystem::app/';
const ENVIRONMENTS: readonly unknown[] = ['PRODUCTION', 'STAGING', 'DEVELOPMENT'];
const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/;

const readList = <T>(
  field: string,
  value: unknown,
  read: (item: unknown) => T | undefined,
  wanted: string,
): ReadonlySet<T> => {
  if (!Array.isArray(value) || value.length === 0) {
    throw new ConfigError(field, `must be a list with at least one ${wanted}`);
  }
  const items = value.map(read);
  if (items.includes(undefined)) throw new ConfigError(field, `must hold each ${wanted}`);
  return new Set(items as T[]);
};

const readAppId = (value: unknown): string | undefined => {
  if (typeof value !== 'string') return undefined;
  const id = value.startsWith(APP_ARI) ? value.slice(APP_ARI.length) : value;
  return isCloudId(id) ? APP_ARI + id : undefined;
};

const readMs = (field: string, value: number, least: number, most: number): number => {
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  throw new ConfigError(field, `must be a number of ms from ${least} to ${most}`);
};

/** https, or http to loopback, where nobody can put keys of their own in the way. */
export const readServiceAddress = (field: string, value: string): string => {
  normaliseBase(value, field);
  return new URL(value).href;
};

/** @throws ConfigError naming the option. */
export const readForgeRemoteConfig = (options: ForgeRemoteOptions): ForgeRemoteConfig => {
  const {
    appIds,
    jwksUrl = FORGE_REMOTE_DEFAULTS.jwksUrl,
    environments = FORGE_REMOTE_DEFAULTS.environments,
    clockSkewMs = FORGE_REMOTE_DEFAULTS.clockSkewMs,
    maxAgeMs = FORGE_REMOTE_DEFAULTS.maxAgeMs,
    apiBaseHosts = FORGE_REMOTE_DEFAULTS.apiBaseHosts,
    [allowLoopback]: isLoopbackAllowed = false,
  } = options ?? {};
  return Object.freeze({
    audiences: readList('appIds', appIds, readAppId, 'app.id of a manifest.yml (an ARI or a UUID)'),
    jwksUrl: readServiceAddress('jwksUrl', jwksUrl),
    environments: readList(
      'environments',
      environments,
      (item) => (ENVIRONMENTS.includes(item) ? (item as ForgeEnvironment) : undefined),
      "of 'PRODUCTION', 'STAGING', 'DEVELOPMENT'",
    ),
    clockSkewMs: readMs('clockSkewMs', clockSkewMs, 0, 10_000),
    maxAgeMs: readMs('maxAgeMs', maxAgeMs, 1_000, 600_000),
    apiBaseHosts: readList(
      'apiBaseHosts',
      apiBaseHosts,
      (item) => (typeof item === 'string' && HOST.test(item) ? item : undefined),
      'lower-case host name without port',
    ),
    isLoopbackAllowed: isLoopbackAllowed === true,
  });
};
