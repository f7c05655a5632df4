import type { Column, Parameters } from '../database.js';

/** How a list is ordered: by a column, then by id, so that no two rows tie. */
export interface Order {
  readonly name: string;
  readonly column: string;
  readonly descending: boolean;
}

/** The last row of the page before. */
export interface After {
  readonly id: number;
  readonly value: Column;
}

/** The part of a list that was asked for. */
export interface Window {
  readonly order: Order;
  readonly limit: number;
  readonly after: After | undefined;
  /** Rows that are passed over first, for lists by number. Default none. */
  readonly offset?: number;
}

/**
 * SQL that continues after a row. Rows are found by value, not by offset, so nothing is
 * listed twice or skipped when somebody writes between two pages.
 */
export function keyset(alias: string, window: Window): { where: string; tail: string } {
  const { column, descending } = window.order;
  const direction = descending ? 'DESC' : 'ASC';
  const compare = descending ? '<' : '>';
  return {
    where: window.after
      ? `(${alias}.${column}, ${alias}.id) ${compare} (:afterValue, :afterId)`
      : '1',
    tail: `ORDER BY ${alias}.${column} ${direction}, ${alias}.id ${direction} LIMIT :limit OFFSET :offset`,
  };
}

// One row more than asked for tells whether there is a next page.
export const keysetParameters = (window: Window): Parameters => ({
  limit: window.limit + 1,
  offset: window.offset ?? 0,
  ...(window.after ? { afterValue: window.after.value, afterId: window.after.id } : {}),
});
