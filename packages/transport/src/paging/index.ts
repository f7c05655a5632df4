export type { PassedOptions, RequestsConfluence } from '../answers/requests-confluence.js';
export { type Paginated, type PaginateOptions, paginate } from './paginate.js';
export { PagingLoopError } from './paging-loop-error.js';
export type { ItemsOf, ResultPage } from './read-page.js';
