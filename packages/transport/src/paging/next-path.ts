import { InvalidResponseError } from '@tributary/pipeline';
import { isRecord, type Json } from '../answers/read-json.js';
import { linkTarget } from './link-header.js';
import { rerootLink, withParameter } from './reroot-link.js';

/** One answer of a list, and the request that it answers. */
export interface ListAnswer {
  readonly body: unknown;
  readonly headers: Headers;
  /** How many items it holds. */
  readonly count: number;
  /** Path and query of the request. */
  readonly path: string;
  readonly template: string;
}

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

/** @throws InvalidResponseError for what is neither a link nor none: a list must not seem to end there */
const bodyLink = (links: Json | undefined, template: string): string | undefined => {
  const next = links?.next ?? '';
  if (typeof next === 'string') return text(next);
  throw new InvalidResponseError('The link to the next page is no text.', { template });
};

/**
 * Lists of v1 that say `start` and have no links at all: on to the first page that is empty, since
 * Confluence may fill a page only in part.
 */
const nextStart = ({ body, count, path }: ListAnswer): string | undefined => {
  if (!isRecord(body) || count === 0 || body.isLastPage === true) return undefined;
  const { start, totalSize } = body;
  if (typeof start !== 'number' || !Number.isSafeInteger(start)) return undefined;
  if (typeof totalSize === 'number' && start + count >= totalSize) return undefined;
  return withParameter(path, 'start', String(start + count));
};

/**
 * Path and query of the next page: `_links.next`, else the Link header, else the next `start`. Undefined
 * at the end. That a page is short or empty says nothing (Confluence drops what may not be seen after it
 * has cut the page).
 * @throws InvalidResponseError for a link that leads out of the API, or is none
 */
export const nextPath = (answer: ListAnswer): string | undefined => {
  const { body, headers, path, template } = answer;
  const links: Json | undefined = isRecord(body) && isRecord(body._links) ? body._links : undefined;
  const link = bodyLink(links, template) ?? linkTarget(headers.get('link'), 'next');
  if (link === undefined) return links === undefined ? nextStart(answer) : undefined;
  const next = rerootLink(link, path, text(links?.context));
  if (next === undefined) {
    // Not quoted: a server could put anything into it.
    throw new InvalidResponseError(
      'The link to the next page leads out of the API; it was not followed.',
      { template },
    );
  }
  return next;
};
