import { InvalidResponseError, NetworkError, type RequestOptions } from '@tributary/pipeline';
import type { Route } from '@tributary/route';
import { isRecord, readJson } from '../answers/read-json.js';
import type { RequestsConfluence } from '../answers/requests-confluence.js';
import { nextPath } from './next-path.js';

/** One page of a list. */
export interface ResultPage<T> {
  readonly items: readonly T[];
  /** Reads on after this page, as `from`; undefined on the last one. */
  readonly next: string | undefined;
  /** Reads this page again, as `from`. */
  readonly self: string;
  /** The whole answer, for what else is in it. */
  readonly body: unknown;
}

export type ItemsOf<T> = (body: unknown) => readonly T[] | undefined;

/** Every list of v1 and v2 calls them `results`. */
export const resultsOf = <T>(body: unknown): readonly T[] | undefined => {
  const list = isRecord(body) ? body.results : body;
  return Array.isArray(list) ? (list as T[]) : undefined;
};

export interface PageRequest<T> {
  readonly api: RequestsConfluence;
  readonly route: Route;
  readonly options: RequestOptions;
  readonly itemsOf: ItemsOf<T>;
}

/** The chain tries again until the headers are there; a body that breaks off is tried again here. */
const BODY_ATTEMPTS = 3;

const request = async <T>({ api, route, options }: PageRequest<T>) => {
  const signal = options.signal ?? undefined;
  for (let attempt = 1; ; attempt += 1) {
    const answer = api.requestConfluence(route, options);
    let hasHeaders = false;
    const noted = answer.then((response) => {
      hasHeaders = true;
      return response;
    });
    try {
      return await readJson(noted, route.template, signal);
    } catch (error) {
      const isCut = hasHeaders && error instanceof NetworkError && error.retryable;
      if (!isCut || attempt >= BODY_ATTEMPTS) throw error;
    }
  }
};

/**
 * Asks for one page and reads it.
 * @throws ResponseError for an error status; InvalidResponseError where the answer is no list
 */
export const readPage = async <T>(page: PageRequest<T>): Promise<ResultPage<T>> => {
  const { template } = page.route;
  const path = page.route.value.startsWith('/') ? page.route.value : `/${page.route.value}`;
  const { response, body } = await request(page);
  const items = page.itemsOf(body);
  if (items === undefined) {
    throw new InvalidResponseError(
      'The answer holds no list called results; say by `items` where its list is.',
      { template },
    );
  }
  const { headers } = response;
  const next = nextPath({ body, headers, count: items.length, path, template });
  return { items, next, self: path, body };
};
