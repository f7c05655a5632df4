import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { v1Api, v2Api } from '../rest/api.js';
import type { RestEnv, Services } from '../rest/env.js';
import { scope } from '../rest/scopes.js';
import { requireXsrfHeader } from '../rest/xsrf.js';

const refuse = (c: Context<RestEnv>, status: ContentfulStatusCode, message: string): Response =>
  c.json({ code: status, message }, status);

/** What stands at https://api.atlassian.com. */
export function gatewayApp(services: Services): Hono<RestEnv> {
  const app = new Hono<RestEnv>();

  app.use(async function authenticate(c, next) {
    const { person } = c.env.identity;
    if (person === undefined) return refuse(c, 401, 'Unauthorized');
    await next();
    return undefined;
  });

  app.get('/oauth/token/accessible-resources', (c) => c.json(accessibleResources(c, services)));
  app.get('/me', scope('read:me'), (c) => c.json(me(c)));

  const base = '/ex/confluence/:cloudId';
  app.use(`${base}/*`, async function tenant(c, next) {
    if (c.req.param('cloudId') !== services.cloudId) return refuse(c, 404, 'Not Found');
    await next();
    return undefined;
  });
  app.use(`${base}/*`, requireXsrfHeader);
  app.route(`${base}/wiki/api/v2`, v2Api(services));
  // The documentation shows v1 with and without /wiki.
  app.route(`${base}/wiki/rest/api`, v1Api(services, 'gateway'));
  app.route(`${base}/rest/api`, v1Api(services, 'gateway'));

  app.notFound((c) => refuse(c, 404, 'Not Found'));
  return app;
}

function accessibleResources(c: Context<RestEnv>, services: Services): unknown[] {
  const scopes = [...(c.env.identity.scopes ?? [])].filter((name) => name.includes('confluence'));
  if (scopes.length === 0) return [];
  return [
    {
      id: services.cloudId,
      name: 'halden-sandbox',
      url: services.siteUrl,
      scopes,
      avatarUrl: `${services.siteUrl}/wiki/aa-avatar/site`,
    },
  ];
}

function me(c: Context<RestEnv>) {
  const { person } = c.env.identity;
  return {
    account_type: 'atlassian',
    account_id: person?.accountId,
    account_status: 'active',
    email: person?.email,
    name: person?.displayName,
    nickname: person?.displayName.split(' ')[0],
    picture: null,
    locale: 'en-GB',
  };
}
