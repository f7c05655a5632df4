import { getRuntime } from './app-context.js';
import { currentRuntime } from './current-platform.js';
import { requestAtlassianAsApp } from './fetch-api.js';
import { ProxyRequestError } from './forge-errors.js';
import type { WebTriggerAPI, WebTriggerQueryResult } from './web-trigger-types.js';

const CREATE = `mutation forge_app_createWebTriggerUrl($input: WebTriggerUrlInput!, $forceCreate: Boolean) {
  createWebTriggerUrl(input: $input, forceCreate: $forceCreate) { url }
}`;

const DELETE = `mutation forge_app_deleteWebTriggerUrl($id: ID!) {
  deleteWebTriggerUrl(id: $id) { success message }
}`;

const QUERY = `query forge_app_webTriggerUrlsByAppContext($appId: ID!, $envId: ID!, $contextId: ID!) {
  webTriggerUrlsByAppContext(appId: $appId, envId: $envId, contextId: $contextId) { triggerKey url }
}`;

interface Answer {
  readonly createWebTriggerUrl?: { readonly url?: string };
  readonly deleteWebTriggerUrl?: { readonly success?: boolean; readonly message?: string };
  readonly webTriggerUrlsByAppContext?: readonly {
    readonly triggerKey: string;
    readonly url: string;
  }[];
}

const failure = (what: string): Error => new Error(`Internal error occurred: ${what}`);

/** The triggers' API is part of Atlassian's GraphQL; outside Forge the platform answers it from its option. */
const ask = async (what: string, query: string, variables: object): Promise<Answer | undefined> => {
  const response = await requestAtlassianAsApp('/graphql', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  if (!response.ok) throw failure(`Failed to ${what}: ${response.statusText}.`);
  return (await response.json())?.data;
};

/** Counts and times by the runtime's metrics, and says whether the platform did its part. */
const measured = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
  const { metrics } = currentRuntime();
  metrics.counter(name).incr();
  const timer = metrics.timing(name).measure();
  let success = true;
  try {
    return await work();
  } catch (error) {
    success = !(error instanceof ProxyRequestError);
    throw error;
  } finally {
    timer.stop({ success: String(success) });
  }
};

/** The URLs of the app's web triggers. */
export const webTrigger: WebTriggerAPI = {
  getUrl: (moduleKey, given) => {
    const options = typeof given === 'boolean' ? { forceCreate: given } : (given ?? {});
    const { forceCreate = false, secretKeyConfig } = options;
    return measured('api.getWebTriggerUrl', async () => {
      const { appContext, contextAri } = getRuntime();
      const input = {
        appId: appContext.appId,
        envId: appContext.environmentId,
        triggerKey: moduleKey,
        contextId: contextAri,
        ...(secretKeyConfig && {
          secretKeyConfig: { key: secretKeyConfig.key, noExpiry: secretKeyConfig.noExpiry },
        }),
      };
      const answer = await ask('get web trigger URL', CREATE, { input, forceCreate });
      const url = answer?.createWebTriggerUrl?.url;
      if (!url) throw failure('Failed to get web trigger URL.');
      return url;
    });
  },

  deleteUrl: (url) =>
    measured('api.deleteWebTriggerUrl', async () => {
      const id = /\/(?:x1|public)\/([^/?#]+)/.exec(url)?.[1];
      if (id === undefined) throw failure('Failed to parse web trigger URL for ID');
      const answer = await ask('delete web trigger URL', DELETE, { id });
      const { success, message } = answer?.deleteWebTriggerUrl ?? {};
      if (!success)
        throw failure(`Failed to delete web trigger URL: ${message || 'unknown error'}`);
    }),

  queryUrls: (moduleKey) =>
    measured('api.queryWebTriggerUrls', async () => {
      const { appContext, contextAri } = getRuntime();
      const answer = await ask('get web trigger URLs', QUERY, {
        appId: appContext.appId,
        envId: appContext.environmentId,
        contextId: contextAri,
      });
      const found = answer?.webTriggerUrlsByAppContext;
      if (!found) throw failure('No data from web trigger URLs query.');
      return found
        .filter(({ triggerKey }) => !moduleKey || triggerKey === moduleKey)
        .map(({ triggerKey, url }): WebTriggerQueryResult => ({ moduleKey: triggerKey, url }));
    }),
};
