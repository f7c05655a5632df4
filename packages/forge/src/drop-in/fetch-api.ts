import { egressFetch } from './egress-fetch.js';
import type {
  AsAppFetchMethods,
  FetchAPI,
  FetchMethod,
  RequestProductMethods,
  WithContextFetchMethods,
} from './fetch-types.js';
import { requestConnectedData, requestGraph, requestTeamworkGraph } from './graph.js';
import { byRoute, type FetchArgs, fetchProduct } from './request-product.js';
import { withProvider } from './with-provider.js';

type Provider = 'app' | 'user' | 'none';
type Remote = 'jira' | 'confluence' | 'bitbucket' | 'stargate';

const productFetch =
  (provider: Provider, accountId?: string) =>
  (remote: Remote): FetchMethod =>
    fetchProduct({ type: 'fpp', provider, remote, accountId } as FetchArgs);

const products = (fetchOf: (remote: Remote) => FetchMethod): RequestProductMethods => ({
  requestJira: byRoute(fetchOf('jira')),
  requestConfluence: byRoute(fetchOf('confluence')),
  requestBitbucket: byRoute(fetchOf('bitbucket')),
});

/** The ARI says which product and site: Forge names no product beside it. */
const withContext =
  (provider: Provider, accountId?: string): WithContextFetchMethods['withContext'] =>
  (contextAri) =>
    products(() => fetchProduct({ type: 'fpp', provider, contextAri, accountId } as FetchArgs));

const gateway = (provider: Provider, accountId?: string): AsAppFetchMethods => {
  const fetchOf = productFetch(provider, accountId);
  const stargate = fetchOf('stargate');
  return {
    ...products(fetchOf),
    requestGraph: requestGraph(stargate),
    // Of the invoking user always: Forge's heeds no account here.
    requestConnectedData: requestConnectedData(productFetch(provider)('stargate')),
    requestAtlassian: byRoute(stargate),
    withContext: withContext(provider, accountId),
  };
};

export const fetchApi: FetchAPI = {
  fetch: egressFetch,
  ...products(productFetch('none')),
  asUser: (userId) => ({
    ...gateway('user', userId),
    requestTeamworkGraph: requestTeamworkGraph(productFetch('user', userId)('stargate')),
    withProvider,
  }),
  asApp: () => gateway('app'),
};

/** Atlassian's gateway by a path in text, for packages of Forge's own. */
export const requestAtlassianAsApp = productFetch('app')('stargate');
export const requestAtlassianAsUser = productFetch('user')('stargate');
