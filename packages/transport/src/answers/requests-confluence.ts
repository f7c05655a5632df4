import '../content-length/content-length.js';
import type { RequestOptions, Site } from '@tributary/pipeline';
import type { Route } from '@tributary/route';

/** Whatever makes calls: `api.asApp()`, `api.asUser()`, the bare `api`, or a double in a test. */
export interface RequestsConfluence {
  requestConfluence(path: Route, options?: RequestOptions): Promise<Response>;
  /** Where its calls go, where that is known. */
  readonly site?: Pick<Site, 'deployment'> | undefined;
}

/** What may be said of every request that a helper makes. What a request is about is the helper's. */
export type PassedOptions = Omit<
  RequestOptions,
  'method' | 'body' | 'signal' | 'redirect' | 'contentLength'
>;
