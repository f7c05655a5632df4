import { ConfigError } from '@tributary/pipeline';
import { ForgeUnsupportedError } from '../drop-in/unsupported.js';
import { ownEntry } from '../own-entry.js';
import { checkOptions } from './check-options.js';
import { egressFetch } from './egress.js';
import { callEndpoint, REMOTE, SERVICE } from './endpoints.js';
import { callExternal } from './external-auth.js';
import type { CapabilityMeta, ForgeFetch, ForgePlatform } from './forge-fetch.js';
import type { PlatformParts } from './parts.js';
import type { ForgePlatformOptions, PlatformClient } from './platform-options.js';
import { callProduct } from './product-call.js';
import { createRuntimes } from './runtime.js';
import { unguardedFetch } from './unguarded-fetch.js';
import { warnings } from './warnings.js';
import { answerWebTriggers } from './web-triggers.js';

/** What each of Forge's own services is used by, and what to use instead. */
const FEATURES: Readonly<Record<CapabilityMeta['type'], readonly [string, string]>> = {
  emails: ['sendEmail', 'a mail service of your own'],
  kvs: ['@forge/kvs', 'a database of your own'],
  sql: ['@forge/sql', 'a database of your own'],
  os: ['@forge/object-store', 'an object store of your own'],
  'feature-flags': ['Feature flags', 'the option featureFlags, or flags of your own'],
};

const unsupported = (type: string): ForgeUnsupportedError => {
  const [feature, instead] = ownEntry(FEATURES, type) ?? [
    `The platform's ${type}`,
    'a service of your own',
  ];
  return new ForgeUnsupportedError(
    feature,
    `Use ${instead}, or give what answers for it as the option capabilities: { '${type}': (meta, path, init) => Response }.`,
  );
};

const isClient = (client: PlatformClient | undefined): boolean =>
  typeof client?.api?.asApp === 'function' && typeof client.pipeline?.explain === 'function';

/** Its calls would come back to the platform that they came from. */
const isInForge = ({ pipeline }: PlatformClient): boolean =>
  /\bforge-auth\b/.test(pipeline.explain());

const checkClient = (field: string, client: PlatformClient | undefined): void => {
  if (client === undefined || !isClient(client)) {
    throw new ConfigError(field, 'must be a client that createTributary() gave');
  }
  if (isInForge(client)) {
    throw new ConfigError(
      field,
      'is made of inForge(), which calls the platform that this is; give it credentials of its own',
    );
  }
};

/**
 * What code written for Forge runs on: each request of its own becomes a call of `tributary`, or of what the
 * options name; what there is nothing for is an error that says what to do.
 * @throws ConfigError at once, for options that can't work
 */
export const createPlatform = (
  tributary: PlatformClient,
  options: ForgePlatformOptions = {},
): ForgePlatform => {
  checkClient('tributary', tributary);
  checkOptions(options);
  if (options.bitbucket !== undefined) checkClient('bitbucket', options.bitbucket);
  const parts: PlatformParts = {
    client: tributary,
    options,
    warn: warnings(options.warn),
    fetch: options.fetch ?? unguardedFetch,
  };
  const runtime = createRuntimes(tributary, options, parts.warn);

  const answer: ForgeFetch = (meta, path, init) => {
    switch (meta.type) {
      case 'fpp': {
        const isShared = 'remote' in meta && meta.remote === 'stargate';
        const own = isShared ? answerWebTriggers(path, init, options.webTriggers) : undefined;
        return own ?? callProduct(parts, meta, path, init);
      }
      case 'tpp':
        return callExternal(parts, meta, path, init);
      case 'frc':
        return callEndpoint(REMOTE, meta.remote, path, init, parts, runtime());
      case 'fcc':
        return callEndpoint(SERVICE, meta.service, path, init, parts, runtime());
      default: {
        const capability = ownEntry(options.capabilities, meta.type);
        if (capability === undefined) throw unsupported(meta.type);
        return capability(meta, path, init);
      }
    }
  };

  return {
    // What is thrown at once is a rejection too, as with the platform's own.
    fetch: async (meta, path, init) => answer(meta, path, init),
    runtime,
    egress: egressFetch(options, parts.fetch),
  };
};
