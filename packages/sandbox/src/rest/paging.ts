import type { Context } from 'hono';
import type { Column } from '../database.js';
import type { Order, Window } from '../store/keyset.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import type { RestEnv, Services } from './env.js';
import { Problem } from './problem.js';

export const defaultLimit = 25;
export const highestLimit = 250;

/** The orders a list knows: `name` and `-name` sort by the column. */
export type SortColumns = Readonly<Record<string, string>>;

/** Reads `limit`, `sort` and `cursor`; each is refused when it makes no sense. */
export function readWindow(c: Context<RestEnv>, columns: SortColumns, usual: string): Window {
  const order = readOrder(c.req.query('sort') ?? usual, columns);
  const cursor = c.req.query('cursor');
  return {
    order,
    limit: readLimit(c, defaultLimit, highestLimit),
    after: cursor === undefined ? undefined : decodeCursor(cursor, order),
  };
}

function readOrder(sort: string, columns: SortColumns): Order {
  const descending = sort.startsWith('-');
  const name = descending ? sort.slice(1) : sort;
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column === undefined)
    throw new Problem(400, `Provided value '${sort}' for 'sort' is not supported`);
  return { name: sort, column, descending };
}

export function readLimit(c: Context<RestEnv>, usual: number, highest: number): number {
  const text = c.req.query('limit');
  if (text === undefined) return usual;
  const limit = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > highest) {
    throw new Problem(400, `Provided value '${text}' for 'limit' must be between 1 and ${highest}`);
  }
  return limit;
}

/** One page of a v2 list: results, `_links` and the `Link` header. */
export function answerList<Row extends { readonly id: number }>(
  c: Context<RestEnv>,
  services: Services,
  window: Window,
  rows: readonly Row[],
  present: (row: Row) => unknown,
): Response {
  const base = `${services.siteUrl}/wiki`;
  const shown = rows.slice(0, window.limit);
  c.env.tally.listed = shown.length;
  const last = shown.at(-1);
  const next = rows.length > shown.length && last ? nextPath(c, window, last) : undefined;
  const links = [...(next ? [`<${next}>; rel="next"`] : []), `<${base}>; rel="base"`];
  c.header('Link', links.join(', '));
  return c.json({
    results: shown.map(present),
    _links: next ? { next, base } : { base },
  });
}

// Always the site's path, also on the gateway, where a client has to re-root it.
function nextPath(c: Context<RestEnv>, window: Window, last: { readonly id: number }): string {
  const url = new URL(c.req.url);
  const value = (last as unknown as Readonly<Record<string, Column>>)[window.order.column] ?? null;
  url.searchParams.set('cursor', encodeCursor(window.order, { id: last.id, value }));
  // Not the last parameter, as in real life: some clients cut at the last `=`.
  url.searchParams.delete('limit');
  url.searchParams.set('limit', String(window.limit));
  const path = url.pathname.slice(url.pathname.indexOf('/api/v2/'));
  return `/wiki${path}?${url.searchParams}`;
}
