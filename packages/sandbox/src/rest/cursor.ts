import type { After, Order } from '../store/keyset.js';

import { Problem } from './problem.js';
import { isRecord } from './request.js';

/**
 * A cursor as clients see it: opaque. Plain base64 on purpose: like the real one it may hold
 * `=` and `+`, so a client that forgets to encode it, or decodes it twice, fails here too.
 */
export function encodeCursor(order: Order, after: After): string {
  const state = { id: after.id, contentOrder: order.name, contentOrderValue: after.value };
  return Buffer.from(JSON.stringify(state)).toString('base64');
}

/** Reads a cursor back; one of another order, or none at all, is the caller's mistake. */
export function decodeCursor(cursor: string, order: Order): After {
  const state = parse(cursor);
  if (isRecord(state) && state.contentOrder === order.name) {
    const { id, contentOrderValue: value } = state;
    const isValue = typeof value === 'string' || typeof value === 'number';
    if (typeof id === 'number' && Number.isSafeInteger(id) && isValue) return { id, value };
  }
  throw new Problem(400, 'Provided cursor is invalid', `cursor does not fit sort ${order.name}`);
}

function parse(cursor: string): unknown {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(cursor)) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64').toString());
  } catch {
    return undefined;
  }
}
