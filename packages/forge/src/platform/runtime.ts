import { randomBytes } from 'node:crypto';
import { type Invocation, systemClock } from '@tributary/pipeline';
import { createInvocation, currentInvocation } from '@tributary/pipeline/invocation';
import { offerConsentSource } from '../consent/pending-consents.js';
import { externalConsent, listProviders } from './external-auth.js';
import type { ForgeMetrics, ForgeRuntime } from './forge-runtime.js';
import { detailsOf } from './invocation-details.js';
import type { ForgePlatformOptions, PlatformClient } from './platform-options.js';

/** Forge: "Limits", the run time of a function that a page invokes. */
const FUNCTION_TIMEOUT = 25_000;

const nothing = () => {};

const SILENT_METRICS: ForgeMetrics = {
  counter: () => ({ incr: nothing, incrBy: nothing, decr: nothing, decrBy: nothing }),
  timing: () => ({ measure: () => ({ stop: nothing }) }),
  gauge: () => ({ set: nothing }),
};

const LOCAL_APP = {
  appId: 'local',
  appVersion: '0.0.0',
  environmentId: 'local',
  environmentType: 'DEVELOPMENT',
  installationId: 'local',
  functionKey: 'local',
  moduleType: 'local',
  moduleKey: 'local',
};

/** Without the fields that are undefined, so that they hide no default. */
const given = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;

/** Only `i18n` of `@forge/api` reads where the code lies, and says no more than that its files are not there. */
const containerOf = (
  { appCodeDir }: ForgePlatformOptions,
  warn: (message: string) => void,
): ForgeRuntime['container'] => {
  const container = { runtime: 'nodejs' };
  if (appCodeDir !== undefined) return { ...container, appCodeDir };
  return Object.defineProperty(container, 'appCodeDir', {
    get: () =>
      warn(
        'i18n looks for __LOCALES__ in the working directory; give the folder that has it, a bundle of the Forge CLI, as the option appCodeDir.',
      ),
  });
};

/**
 * What `__forge_runtime__` is, by invocation: one object each, for as long as the invocation lives.
 * Outside of any it tells what holds for the app, and nothing of a user.
 */
export const createRuntimes = (
  client: PlatformClient,
  options: ForgePlatformOptions,
  warn: (message: string) => void,
): (() => ForgeRuntime) => {
  const runtimes = new WeakMap<Invocation, ForgeRuntime>();
  const outside = createInvocation({ surface: 'background' });
  const consentSource = externalConsent(options);

  const create = (invocation: Invocation): ForgeRuntime => {
    const details = detailsOf(invocation);
    const { functionKey, moduleKey, moduleType, license, installation } = details;
    const cloudId = (invocation.site ?? client.site)?.cloudId;
    const aaid = details.accountId ?? invocation.user?.accountId ?? options.accountId;
    const limit = details.timeout ?? options.invocationTimeout ?? FUNCTION_TIMEOUT;
    const remaining = () =>
      Math.max(0, Math.ceil(limit - (systemClock.monotonic() - details.startedAt)));
    return {
      proxy: { token: '', url: '' },
      contextAri:
        details.contextAri ??
        options.contextAri ??
        `ari:cloud:confluence::site/${cloudId ?? 'local'}`,
      container: containerOf(options, warn),
      appContext: {
        ...LOCAL_APP,
        ...given({ ...options.app }),
        ...given({ functionKey, moduleKey, moduleType, license, installation }),
        ...given({ installationId: invocation.installationId }),
        invocationId: invocation.id,
        permissions: { scopes: [], external: {}, ...options.permissions },
      },
      ...given({ aaid }),
      lambdaContext: { awsRequestId: invocation.id, getRemainingTimeInMillis: remaining },
      tracing: {
        traceId: randomBytes(16).toString('hex'),
        spanId: randomBytes(8).toString('hex'),
      },
      realtime: {},
      metrics: options.metrics ?? SILENT_METRICS,
      externalAuth: details.externalAuth ?? listProviders(options.externalAuth),
      featureFlags: options.featureFlags ?? (() => false),
    };
  };

  return () => {
    const invocation = currentInvocation() ?? outside;
    const known = runtimes.get(invocation);
    if (known !== undefined) return known;
    offerConsentSource(invocation, consentSource);
    const created = create(invocation);
    runtimes.set(invocation, created);
    return created;
  };
};
