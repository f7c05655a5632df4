import { RequestError } from '@tributary/pipeline';
import { assumeTrustedRoute, type Route, requireRoute } from '@tributary/route';
import type { PassedOptions, RequestsConfluence } from '../answers/requests-confluence.js';
import { type ItemsOf, type ResultPage, readPage, resultsOf } from './read-page.js';
import { watchRepeats } from './repeats.js';
import { pathOf, rerootLink } from './reroot-link.js';

export interface PaginateOptions<T> {
  /** Where to read on: a page's `next` or `self`, or a `cursor`, of the same list. Default its beginning. */
  readonly from?: string | undefined;
  /** Asks for the next page while this one is worked on. Default true. */
  readonly prefetch?: boolean;
  /** Where the items are in an answer. Default its `results`, or the answer itself where it is a list. */
  readonly items?: ItemsOf<T>;
  readonly signal?: AbortSignal;
  /** For every page: headers, `timeout`, `retry` and the like. */
  readonly request?: PassedOptions;
}

/** A list, read page by page as it is asked for. Each loop over it begins anew. */
export interface Paginated<T> extends AsyncIterable<T> {
  /** The same, page by page. */
  pages(): AsyncIterable<ResultPage<T>>;
  /**
   * Where to read on, as `from`, of the latest loop over the items: the page whose items are being handed
   * out, so that none is lost and some may come twice. Undefined before the first and after the last.
   */
  readonly cursor: string | undefined;
}

const startOf = (route: Route, from: string | undefined): Route => {
  if (from === undefined) return route;
  const path = route.value.startsWith('/') ? route.value : `/${route.value}`;
  const start = typeof from === 'string' ? rerootLink(from, path) : undefined;
  // A cursor may have been kept where others can write: it chooses the page, never the endpoint.
  if (start === undefined || pathOf(start) !== pathOf(path)) {
    throw new RequestError('from', 'belongs to another list than the route', route.template);
  }
  return assumeTrustedRoute(start, { template: route.template });
};

/**
 * Reads a list to its end: v2 and v1 cursors, `start` and `limit`, Link headers. Every page is asked for
 * under the base that the first one was resolved to, with the same template; a page may be short or empty.
 * Leaving the loop early cancels what is under way.
 * @param path from `route`, for the first page
 * @throws RouteError at once when `path` is no Route; RequestError at once for a `from` of another list.
 *   While it is read: ResponseError for an error status, InvalidResponseError, PagingLoopError, and
 *   whatever a call rejects with
 */
export const paginate = <T = unknown>(
  api: RequestsConfluence,
  path: Route,
  options: PaginateOptions<T> = {},
): Paginated<T> => {
  const route = requireRoute(path);
  const { template } = route;
  const { prefetch = true, items: itemsOf = resultsOf<T>, signal: outer } = options;
  const start = startOf(route, options.from);
  let cursor: string | undefined;

  async function* pages(): AsyncGenerator<ResultPage<T>, void, undefined> {
    const left = new AbortController();
    const signal = outer ? AbortSignal.any([outer, left.signal]) : left.signal;
    const repeats = watchRepeats(template);
    const read = (at: Route): Promise<ResultPage<T>> => {
      const page = readPage({ api, route: at, options: { ...options.request, signal }, itemsOf });
      // Awaited later, or never.
      page.catch(() => {});
      return page;
    };
    try {
      outer?.throwIfAborted();
      repeats.visit(start.value);
      let pending = read(start);
      for (;;) {
        const page = await pending;
        repeats.look(page.items);
        const next =
          page.next === undefined ? undefined : assumeTrustedRoute(page.next, { template });
        const ahead = prefetch && next && !repeats.hasVisited(next.value) ? read(next) : undefined;
        yield page;
        if (next === undefined) return;
        repeats.visit(next.value);
        pending = ahead ?? read(next);
      }
    } finally {
      left.abort();
    }
  }

  async function* items(): AsyncGenerator<T, void, undefined> {
    cursor = undefined;
    for await (const page of pages()) {
      cursor = page.self;
      yield* page.items;
      cursor = page.next;
    }
  }

  return {
    pages,
    [Symbol.asyncIterator]: items,
    get cursor() {
      return cursor;
    },
  };
};
