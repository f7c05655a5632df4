import type {
  ConnectedDataFetchMethods,
  FetchMethod,
  GraphQLFetchMethods,
  TeamworkGraphFetchMethods,
} from './fetch-types.js';
import { requireRoute } from './route-object.js';

/** A GraphQL request, of which fields that say nothing are left out. */
const post = (
  fetch: FetchMethod,
  path: string,
  { query, ...rest }: { query: string } & Record<string, unknown>,
  headers: Record<string, unknown>,
) =>
  fetch(path, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json' } as Record<string, string>,
    body: JSON.stringify({
      query,
      ...Object.fromEntries(Object.entries(rest).filter(([, value]) => value)),
    }),
  });

export const requestGraph =
  (fetch: FetchMethod): GraphQLFetchMethods['requestGraph'] =>
  (query, variables, headers = {}) =>
    post(fetch, '/graphql', { query, variables }, headers);

export const requestTeamworkGraph =
  (fetch: FetchMethod): TeamworkGraphFetchMethods['requestTeamworkGraph'] =>
  (query, variables, operationName, extensions, headers = {}) =>
    post(fetch, '/graphql/twg', { query, variables, operationName, extensions }, headers);

export const requestConnectedData =
  (fetch: FetchMethod): ConnectedDataFetchMethods['requestConnectedData'] =>
  (path, init) =>
    fetch(`/connected-data/${requireRoute(path).value.replace(/^\/+/, '')}`, init);
