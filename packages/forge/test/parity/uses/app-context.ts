import type { ForgeRuntime } from '../../../src/index.js';
import { as, json, type Uses } from './use.js';

export const CONTEXT_USES: Uses = {
  __getRuntime: { run: (api) => api.__getRuntime().appContext },
  '__getRuntime without one': {
    run: (api) => api.__getRuntime(),
    runtime: () => undefined,
    saysMore: true,
  },
  getAppContext: { run: (api) => api.getAppContext() },
  'getAppContext, time left': {
    run: (api) => api.getAppContext().invocationRemainingTimeInMillis(),
  },
  'getAppContext, no time known': {
    run: (api) => api.getAppContext().invocationRemainingTimeInMillis(),
    runtime: (given) => as<ForgeRuntime>({ ...given, lambdaContext: {} }),
  },
  'getAppContext, permissions': { run: (api) => api.getAppContext().permissions?.format() },
  'getAppContext without permissions': {
    run: (api) => api.getAppContext().permissions?.format(),
    runtime: ({ appContext: { permissions: _, ...appContext }, ...given }) => ({
      ...given,
      appContext,
    }),
  },
  'getAppContext without runtime': {
    run: (api) => api.getAppContext(),
    runtime: () => undefined,
    saysMore: true,
  },
  bindInvocationContext: { run: (api) => api.bindInvocationContext(as<() => number>(() => 7))() },

  'privacy, nobody': { run: (api) => api.privacy.reportPersonalData([]) },
  'privacy, three batches': {
    run: (api) =>
      api.privacy.reportPersonalData(
        Array.from({ length: 181 }, (_, i) => ({ accountId: `${i}`, updatedAt: '2026-01-01' })),
      ),
    answers: [json({ accounts: [{ accountId: '1', status: 'closed' }] }), { status: 204 }],
  },
  'privacy, refused': {
    run: (api) => api.privacy.reportPersonalData([{ accountId: '1', updatedAt: '' }]),
    answers: [json({}, 400)],
  },
};
