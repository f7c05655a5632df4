import { randomBytes } from 'node:crypto';
import type { Tributary } from '@tributary/api';
import { ConfigError, type Invocation } from '@tributary/pipeline';
import {
  createInvocation,
  currentInvocation,
  runInInvocation,
} from '@tributary/pipeline/invocation';
import { forgeBoundary } from '../consent/forge-boundary.js';
import { type InstallOptions, install } from '../install.js';
import type { CallingModule } from '../manifest/manifest.js';
import { describeInvocation, type ForgeInvocationDetails } from '../platform/invocation-details.js';
import { warnings } from '../platform/warnings.js';
import { appRuntime, cloudIdOf, functionContext } from './app-runtime.js';
import type { ForgeApp } from './define-app.js';
import { guardInvocations } from './guard-invocations.js';
import { RUN_TIME, watchRunTime } from './run-time.js';
import { readAnswer, type WebTriggerAnswer, type WebTriggerCall } from './web-trigger-answer.js';

export interface RunAppOptions
  extends Omit<InstallOptions, 'permissions' | 'replace'>,
    Pick<ForgeInvocationDetails, 'license' | 'installation'> {}

/** One call of the frontend's `invoke(functionKey, payload)`. */
export interface ResolverCall {
  /** The UI module's key. Default: the only one. */
  readonly module?: string | undefined;
  readonly functionKey: string;
  readonly payload?: unknown;
  /** What Forge tells of where the frontend is: `{ extension: { content: { id } } }`. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/** An app that runs in this process. */
export interface RunningApp extends Disposable {
  readonly app: ForgeApp;
  /** Calls a function of a resolver, as whoever the invocation around it belongs to. */
  invokeResolver(call: ResolverCall): Promise<unknown>;
  invokeWebTrigger(key: string, call: WebTriggerCall): Promise<WebTriggerAnswer>;
  invokeScheduledTrigger(key: string): Promise<unknown>;
  /** Calls the function of a `trigger` module with an event of your own. */
  deliverEvent(key: string, event: unknown): Promise<unknown>;
  /** Calls any function of the manifest with a payload of your own, as nobody. */
  invokeFunction(key: string, payload: unknown): Promise<unknown>;
}

const find = <M extends CallingModule>(
  modules: readonly M[],
  key: string | undefined,
  field: string,
): M => {
  const [first, second] = modules;
  const found =
    key === undefined && second === undefined
      ? first
      : modules.find((module) => module.key === key);
  if (found !== undefined) return found;
  const known = modules.map((module) => module.key).join(', ') || 'none';
  throw new ConfigError(field, `must be the key of one of the manifest's; there is: ${known}`);
};

/** Nobody invokes these, and nobody can be asked. */
const inBackground = <T>(tributary: Tributary, work: () => Promise<T>): Promise<T> => {
  const { site } = tributary;
  // Not 'background', which a personal credential may serve: here asUser() is refused, as in Forge.
  const invocation = createInvocation({
    surface: 'forge',
    interactive: false,
    ...(site && { site }),
  });
  return runInInvocation(invocation, work);
};

/**
 * Runs an app's functions in this process, each call in an invocation of its own. It is `install(tributary)`
 * with what the manifest says of scopes, hosts and the app; the app's code is loaded with its first call.
 * @throws ConfigError as `install`
 */
export const runApp = (
  app: ForgeApp,
  tributary: Tributary,
  options: RunAppOptions = {},
): RunningApp => {
  const { manifest } = app;
  const { license, installation, ...platform } = options;
  const guard = guardInvocations();
  const uninstall = install(tributary, {
    ...platform,
    app: { appId: manifest.app.id, ...platform.app },
    permissions: manifest.permissions,
  });
  const unguard = guard();
  const warn = warnings(platform.warn);
  const { externalAuth } = platform;
  const boundary = { client: tributary, ...(externalAuth && { externalAuth }) };

  /** Runs a module's function in the invocation that is there. */
  const run = async (
    module: Pick<CallingModule, 'type' | 'key' | 'function'>,
    limit: number,
    payload: () => unknown,
  ): Promise<unknown> => {
    const handler = await app.load(module.function);
    const invocation = currentInvocation() as Invocation;
    describeInvocation(invocation, {
      functionKey: module.function,
      moduleKey: module.key,
      moduleType: module.type,
      timeout: limit,
      ...(license && { license }),
      ...(installation && { installation }),
    });
    const call = () => handler(payload() as never, functionContext(appRuntime()) as never);
    const unwatch = watchRunTime(`${module.type} ${module.key}`, limit, warn);
    try {
      return await forgeBoundary(call, boundary)();
    } finally {
      unwatch();
    }
  };

  const scheduledLimit = (key: string): number => {
    const seconds = manifest.functions.find((module) => module.key === key)?.timeoutSeconds;
    return seconds === undefined ? RUN_TIME.scheduled : seconds * 1000;
  };

  return {
    app,

    async invokeResolver({ module: key, functionKey, payload, context }) {
      const module = find(manifest.resolvers, key, 'module');
      const work = () =>
        run(module, RUN_TIME.page, () => ({
          call: { functionKey, payload },
          context: resolverContext(module, tributary, context),
        }));
      return currentInvocation() === undefined ? inBackground(tributary, work) : work();
    },

    async invokeWebTrigger(key, call) {
      const module = find(manifest.webTriggers, key, 'webtrigger');
      const result = await inBackground(tributary, () =>
        run(module, RUN_TIME.webTrigger, () => call),
      );
      return readAnswer(result, module);
    },

    async invokeScheduledTrigger(key) {
      const module = find(manifest.scheduledTriggers, key, 'scheduledTrigger');
      return inBackground(tributary, () =>
        run(module, scheduledLimit(module.function), () => ({
          context: { cloudId: cloudIdOf(appRuntime()), moduleKey: module.key },
          contextToken: randomBytes(16).toString('base64url'),
        })),
      );
    },

    async deliverEvent(key, event) {
      const module = find(manifest.eventTriggers, key, 'trigger');
      return inBackground(tributary, () => run(module, RUN_TIME.event, () => event));
    },

    async invokeFunction(key, payload) {
      const module = { type: 'function', key, function: key };
      return inBackground(tributary, () => run(module, scheduledLimit(key), () => payload));
    },

    [Symbol.dispose]() {
      unguard();
      uninstall();
    },
  };
};

/** What `@forge/bridge` tells a resolver of where the frontend is. */
const resolverContext = (
  { type, key }: CallingModule,
  { site }: Tributary,
  given: ResolverCall['context'],
): Readonly<Record<string, unknown>> => {
  const runtime = appRuntime();
  const { appId, environmentId, environmentType } = runtime.appContext;
  const { extension, ...more } = given ?? {};
  return {
    cloudId: cloudIdOf(runtime),
    ...(site && { siteUrl: site.url.replace(/\/+$/, '') }),
    environmentId,
    environmentType,
    moduleKey: key,
    localId: `ari:cloud:ecosystem::extension/${appId}/${environmentId}/static/${key}`,
    ...more,
    extension: { type, ...(extension as object | undefined) },
  };
};
