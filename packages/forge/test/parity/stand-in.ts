import type { ForgeMeta, ForgePlatform, ForgeRuntime } from '../../src/index.js';

/** One answer of the stand-in: status, body, headers. */
export interface Answer {
  readonly status?: number;
  readonly body?: string;
  readonly headers?: Record<string, string>;
}

export interface StandIn {
  /** Every call of `__forge_fetch__`: meta, path, init. */
  readonly calls: (readonly [ForgeMeta, string, unknown])[];
  /** Every name that was counted or timed, with its tags. */
  readonly metrics: (readonly [string, unknown])[];
  readonly platform: ForgePlatform;
}

const runtime = (metrics: StandIn['metrics']): ForgeRuntime => {
  const note = (name: string, tags: unknown) => metrics.push([name, tags]);
  const gauge = { set: () => {} };
  return {
    proxy: { token: 'proxy-token', url: 'http://proxy.invalid' },
    contextAri: 'ari:cloud:confluence::site/site-1',
    container: {},
    appContext: {
      appId: 'app-1',
      appVersion: '1.2.3',
      environmentId: 'environment-1',
      environmentType: 'DEVELOPMENT',
      invocationId: 'invocation-1',
      installationId: 'installation-1',
      functionKey: 'main',
      moduleType: 'macro',
      moduleKey: 'my-macro',
      license: { active: true },
      permissions: {
        scopes: ['read:page:confluence', 'read:confluence-user'],
        external: {
          fetch: {
            backend: ['api.example.com', '*.example.org'],
            client: [{ address: 'https://cdn.example.com/a/' }],
          },
          images: ['https://images.example.com'],
        },
      },
    },
    aaid: 'account-1',
    lambdaContext: { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 24_000 },
    tracing: { traceId: 'trace', spanId: 'span' },
    realtime: {},
    metrics: {
      counter: (name, tags) => ({
        incr: () => note(name, tags),
        incrBy: () => {},
        decr: () => {},
        decrBy: () => {},
      }),
      timing: (name, tags) => ({ measure: () => ({ stop: (end) => note(name, end ?? tags) }) }),
      gauge: () => gauge,
    },
    externalAuth: [
      {
        service: 'drive',
        remotes: [
          { key: 'drive-files', baseUrl: 'https://drive.example.com' },
          { key: 'drive-users', baseUrl: 'https://users.example.com' },
        ],
        accounts: [
          {
            id: 'outbound-1',
            externalAccountId: 'ann',
            displayName: 'Ann',
            scopes: ['files', 'mail'],
          },
          { id: 'outbound-2', externalAccountId: 'ben', displayName: 'Ben', scopes: [] },
        ],
      },
      {
        service: 'unconnected',
        remotes: [{ key: 'r', baseUrl: 'https://r.example' }],
        accounts: [],
      },
      {
        service: 'no-remotes',
        remotes: [],
        accounts: [{ id: 'o', externalAccountId: 'e', displayName: 'E', scopes: [] }],
      },
    ],
    featureFlags: () => false,
  };
};

/** Stands in for Forge's platform: records, and answers with `answers` in order, the last one again and again. */
export const standIn = (
  answers: readonly Answer[] = [],
  change: (runtime: ForgeRuntime) => ForgeRuntime | undefined = (given) => given,
): StandIn => {
  const calls: StandIn['calls'] = [];
  const metrics: StandIn['metrics'] = [];
  const current = change(runtime(metrics));
  return {
    calls,
    metrics,
    platform: {
      async fetch(meta, path, init) {
        const {
          status = 200,
          body = '{}',
          headers = {},
        } = answers[Math.min(calls.length, answers.length - 1)] ?? {};
        calls.push([meta, path, init]);
        return new Response(status === 204 ? null : body, { status, headers });
      },
      runtime: () => current,
      egress: (url, init) => fetch(url, init as RequestInit),
    },
  };
};

const globals = globalThis as { __forge_fetch__?: unknown; __forge_runtime__?: unknown };

/** Runs `work` on a process where Forge's two globals are the stand-in's. */
export const withGlobals = async <T>({ platform }: StandIn, work: () => Promise<T>): Promise<T> => {
  globals.__forge_fetch__ = platform.fetch;
  globals.__forge_runtime__ = platform.runtime();
  try {
    return await work();
  } finally {
    delete globals.__forge_fetch__;
    delete globals.__forge_runtime__;
  }
};
