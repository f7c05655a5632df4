import type { MiddlewareHandler } from 'hono';
import type { RestEnv } from './env.js';

const accepted: readonly (string | undefined)[] = ['no-check', 'nocheck'];

/** A multipart form is something a browser could be tricked into sending; the header is not. */
export const requireXsrfHeader: MiddlewareHandler<RestEnv> = async function xsrf(c, next) {
  const isForm = c.req.header('content-type')?.toLowerCase().startsWith('multipart/form-data');
  const isVouched = accepted.includes(c.req.header('x-atlassian-token')?.toLowerCase());
  // A browser's User-Agent fails even with the header.
  const isBrowser = c.req.header('user-agent')?.startsWith('Mozilla/') ?? false;
  if (isForm && (!isVouched || isBrowser)) return c.text('XSRF check failed', 403);
  await next();
  return undefined;
};
