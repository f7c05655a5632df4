export type { PassedOptions, RequestsConfluence } from '../answers/requests-confluence.js';
export { type CheckedRouteOptions, checkedRoute } from './checked-route.js';
export {
  type ConfluenceJsClient,
  type ConfluenceJsRequest,
  confluenceJsClient,
} from './confluence-js.js';
export { type FetchFunction, type ToFetchOptions, toFetch } from './to-fetch.js';
