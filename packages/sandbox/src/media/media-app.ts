import { type Context, Hono } from 'hono';
import type { RestEnv } from '../rest/env.js';
import type { MediaFile, MediaStore } from './media-store.js';

/** What stands at https://api.media.atlassian.com: files, for whoever has the token of their URL. */
export function mediaApp(media: MediaStore): Hono<RestEnv> {
  const app = new Hono<RestEnv>();
  app.get('/file/:id/binary', (c) => {
    const file = media.find(c.req.param('id'), c.req.query('token'));
    if (file === 'refused') return c.json({ error: { code: 'JwtAuthoriser:InvalidToken' } }, 403);
    if (file === undefined) return c.notFound();
    return answerFile(c, file);
  });
  app.notFound((c) => c.json({ error: { code: 'NotFound' } }, 404));
  return app;
}

interface Slice {
  readonly start: number;
  readonly end: number;
}

/** One range of bytes (RFC 9110, section 14.1.2); undefined for everything else, which is ignored. */
function readRange(header: string | undefined, size: number): Slice | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === '' || last === '' ? size : Math.min(size, Number(last) + 1);
  return start < end ? { start, end } : 'unsatisfiable';
}

function answerFile(c: Context<RestEnv>, { bytes, type, etag }: MediaFile): Response {
  const ifMatch = c.req.header('if-match');
  if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== etag) return c.body(null, 412);
  const ifRange = c.req.header('if-range');
  const isAsked = ifRange === undefined || ifRange === etag;
  const range = isAsked ? readRange(c.req.header('range'), bytes.length) : undefined;
  if (range === 'unsatisfiable') {
    return c.body(null, 416, { 'content-range': `bytes */${bytes.length}` });
  }
  const { start, end } = range ?? { start: 0, end: bytes.length };
  return new Response(bytes.slice(start, end), {
    status: range === undefined ? 200 : 206,
    headers: {
      'content-type': type,
      'content-length': String(end - start),
      'accept-ranges': 'bytes',
      etag,
      ...(range && { 'content-range': `bytes ${start}-${end - 1}/${bytes.length}` }),
    },
  });
}
