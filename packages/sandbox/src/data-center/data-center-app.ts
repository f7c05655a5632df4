import { Hono } from 'hono';
import type { RestEnv, Services } from '../rest/env.js';
import { answerV1, Problem } from '../rest/problem.js';
import { requireXsrfHeader } from '../rest/xsrf.js';
import { contentApi } from './content.js';
import { userApi } from './user.js';

/** The context path, as an administrator would choose it. */
export const contextPath = '/confluence';

/** What stands at https://HOST/confluence: a Data Center site, v1 only, and for reading. */
export function dataCenterApp(services: Services): Hono<RestEnv> {
  const app = new Hono<RestEnv>();
  const api = new Hono<RestEnv>();

  api.use(requireXsrfHeader);
  api.use(async function authenticate(c, next) {
    if (c.env.identity.rejected !== undefined) {
      c.header('WWW-Authenticate', 'Bearer error="invalid_token"');
      throw new Problem(401, 'Client must be authenticated to access this resource.');
    }
    await next();
  });
  api.use(async function checkScope(c, next) {
    const { scopes } = c.env.identity;
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
    // Each scope includes those before it, so that any of them lets read.
    const isEnough = !scopes || [...scopes].some((scope) => isRead || scope !== 'READ');
    if (!isEnough) throw new Problem(403, 'Insufficient scope');
    await next();
  });
  for (const part of [userApi, contentApi]) api.route('/', part(services));
  api.all('*', () => {
    throw new Problem(404, 'Not Found');
  });
  api.onError(answerV1);

  app.route(`${contextPath}/rest/api`, api);
  app.notFound((c) => c.html('<!doctype html><title>Not found</title><h1>Not found</h1>', 404));
  return app;
}
