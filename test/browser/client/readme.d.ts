/** The README's own block, as a reader would take it. */
declare module 'readme:transport/confluence.ts' {
  import type { RequestOptions } from '@tributary/pipeline';
  import type { Route } from '@tributary/route';

  export const requestConfluence: (path: Route, options?: RequestOptions) => Promise<Response>;
}
