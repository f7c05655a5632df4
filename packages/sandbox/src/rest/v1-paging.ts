import type { Context } from 'hono';
import type { RestEnv, Services } from './env.js';
import { Problem } from './problem.js';

export function readStart(c: Context<RestEnv>): number {
  const text = c.req.query('start') ?? '0';
  if (!/^\d{1,9}$/.test(text))
    throw new Problem(400, `Provided value '${text}' for 'start' is not a number`);
  return Number(text);
}

/** One page of a v1 list that is at hand as a whole. */
export function answerV1List(
  c: Context<RestEnv>,
  services: Services,
  all: readonly unknown[],
  limit: number,
): Response {
  const start = readStart(c);
  const more = all.length > start + limit;
  return answerV1Slice(c, services, all.slice(start, start + limit), { start, limit, more });
}

/** One page of a v1 list: `start`, `limit`, `size` and `_links`. */
export function answerV1Slice(
  c: Context<RestEnv>,
  services: Services,
  results: readonly unknown[],
  slice: { readonly start: number; readonly limit: number; readonly more: boolean },
): Response {
  const { start, limit, more } = slice;
  c.env.tally.listed = results.length;
  const url = new URL(c.req.url);
  const path = url.pathname.slice(url.pathname.indexOf('/rest/api/'));
  const base = `${services.siteUrl}/wiki`;
  url.searchParams.set('start', String(start + limit));
  url.searchParams.set('limit', String(limit));
  return c.json({
    results,
    start,
    limit,
    size: results.length,
    _links: {
      base,
      context: '/wiki',
      self: `${base}${path}`,
      // Without /wiki, unlike v2: that is how v1 does it.
      ...(more && { next: `${path}?${url.searchParams}` }),
    },
  });
}
