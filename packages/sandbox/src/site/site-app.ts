import { type Context, Hono } from 'hono';
import { v1Api, v2Api } from '../rest/api.js';
import type { Identity, RestEnv, Services } from '../rest/env.js';
import { requireXsrfHeader } from '../rest/xsrf.js';
import { readBasic } from './basic.js';

/** The site honours Basic with a classic API token, and nobody in particular. */
export function identifyOnSite(authorization: string | undefined): Identity {
  return authorization === undefined ? {} : readBasic(authorization, 'apiToken');
}

/** What stands at https://SITE.atlassian.net. */
export function siteApp(services: Services): Hono<RestEnv> {
  const app = new Hono<RestEnv>();

  app.get('/_edge/tenant_info', (c) => c.json({ cloudId: services.cloudId }));

  app.use('/wiki/*', requireXsrfHeader);
  app.use('/wiki/*', async function seraph(c, next) {
    const { person, rejected } = c.env.identity;
    if (rejected !== undefined && !staysAnonymous(c)) return refuse(c, services.siteUrl);
    await next();
    if (rejected !== undefined) c.header('X-Seraph-LoginReason', 'AUTHENTICATED_FAILED');
    if (person !== undefined) c.header('X-Seraph-LoginReason', 'OK');
    return undefined;
  });
  app.route('/wiki/api/v2', v2Api(services));
  app.route('/wiki/rest/api', v1Api(services, 'site'));

  app.notFound((c) => c.html('<!doctype html><title>Not found</title><h1>Not found</h1>', 404));
  return app;
}

// Where anonymous visitors may look, a wrong password makes one of them instead of an error
// (JRACLOUD-93811). A token of the wrong kind is always refused.
function staysAnonymous(c: Context<RestEnv>): boolean {
  const isReading = c.req.method === 'GET' || c.req.method === 'HEAD';
  return (
    isReading && c.env.identity.rejected === 'unknown' && c.req.path.startsWith('/wiki/api/v2/')
  );
}

function refuse(c: Context<RestEnv>, siteUrl: string): Response {
  c.header('WWW-Authenticate', `OAuth realm="${encodeURIComponent(siteUrl)}"`);
  c.header('X-Seraph-LoginReason', 'AUTHENTICATED_FAILED');
  const text = 'Client must be authenticated to access this resource.';
  return c.html(`<!doctype html><title>Unauthorized</title><p>${text}</p>`, 401);
}
