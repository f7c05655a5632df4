import { ForgeUnsupportedError } from '../drop-in/unsupported.js';
import type { ForgeRequestInit, ForgeResponse } from './forge-fetch.js';
import type { WebTriggerUrls } from './platform-options.js';

/** The operations that `@forge/api` asks Atlassian's GraphQL for (`@forge/api` 8, out/webTrigger). */
const OPERATION =
  /\bforge_app_(createWebTriggerUrl|deleteWebTriggerUrl|webTriggerUrlsByAppContext)\b/;

type Operation = 'createWebTriggerUrl' | 'deleteWebTriggerUrl' | 'webTriggerUrlsByAppContext';

const FEATURES: Readonly<Record<Operation, string>> = {
  createWebTriggerUrl: 'webTrigger.getUrl',
  deleteWebTriggerUrl: 'webTrigger.deleteUrl',
  webTriggerUrlsByAppContext: 'webTrigger.queryUrls',
};

interface Query {
  readonly variables?: {
    readonly id?: unknown;
    readonly input?: { readonly triggerKey?: unknown };
  };
}

const ANSWERS: Readonly<
  Record<Operation, (urls: WebTriggerUrls, variables: NonNullable<Query['variables']>) => unknown>
> = {
  createWebTriggerUrl: async (urls, { input }) => ({
    url: await urls.getUrl(String(input?.triggerKey)),
  }),
  deleteWebTriggerUrl: async (urls, { id }) => {
    await urls.deleteUrl(String(id));
    return { success: true, message: null };
  },
  webTriggerUrlsByAppContext: (urls) => urls.queryUrls(),
};

/**
 * The answer to a query about web triggers, whose URLs Atlassian knows inside Forge only; undefined for
 * every other request.
 * @throws ForgeUnsupportedError naming the option, where there is none
 */
export const answerWebTriggers = (
  path: string,
  init: ForgeRequestInit | undefined,
  urls: WebTriggerUrls | undefined,
): Promise<ForgeResponse> | undefined => {
  const body = init?.body;
  if (path !== '/graphql' || typeof body !== 'string') return undefined;
  const operation = OPERATION.exec(body)?.[1] as Operation | undefined;
  if (operation === undefined) return undefined;
  if (urls === undefined) {
    throw new ForgeUnsupportedError(
      FEATURES[operation],
      'Give the URLs of your own server as the option webTriggers.',
    );
  }
  return answer(operation, urls, body);
};

const answer = async (
  operation: Operation,
  urls: WebTriggerUrls,
  body: string,
): Promise<ForgeResponse> => {
  const { variables = {} } = JSON.parse(body) as Query;
  return Response.json({ data: { [operation]: await ANSWERS[operation](urls, variables) } });
};
