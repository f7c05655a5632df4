import { createServer, type Server } from 'node:http';
import { route } from '@tributary/route';
import express, { type Request as ExpressRequest } from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { csrf } from 'hono/csrf';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { consentListener, nodeListener, nodeRequest } from '../../src/node/index.js';
import { type ConsentPages, webConsent } from '../../src/web/index.js';
import { type Client, startClient } from '../support/oauth-client.js';
import { Browser } from './support/browser.js';
import { grant } from './support/grant.js';
import { listen, stop } from './support/listen.js';
import { openPlace, type Place } from './support/web-app.js';

let place: Place;
let client: Client;
let server: Server;
/** What ran to its end, and the checks that were made in front of it. */
let ran: string[];
let checked: string[];

beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());
beforeEach(() => {
  place.sandbox.revokeGrants();
  [ran, checked] = [[], []];
  client = startClient({
    sandbox: place.sandbox,
    redirectUri: `${place.origin}/consent/callback`,
  });
});
afterEach(async () => {
  await stop(server);
  await client[Symbol.asyncDispose]();
});

const consentOf = (user: (request: Request) => string | undefined): ConsentPages =>
  webConsent({
    consent: client.desk,
    publicUrl: place.origin,
    appName: 'Stale pages',
    user: (request) => {
      const id = user(request);
      return id === undefined ? undefined : { id };
    },
  });

const whoAmI = async (): Promise<string> => {
  const response = await client.get(route`/wiki/rest/api/user/current`);
  return ((await response.json()) as { displayName: string }).displayName;
};

const html = (text: string, status = 200) =>
  new Response(`<h1>${text}</h1>`, { status, headers: { 'content-type': 'text/html' } });

const bySession = (cookie: string | null | undefined): string | undefined =>
  /session=(\w+)/.exec(cookie ?? '')?.[1];

/** The same two handlers for each. */
const handlersOf = (pages: ConsentPages) => ({
  me: pages.boundary(async (_, { run }) => {
    const name = await whoAmI();
    ran.push('me');
    return html(`${name}, run ${run}`);
  }),
  comment: pages.boundary(async (request, { run }) => {
    const body = await request.text();
    const name = await whoAmI();
    ran.push(body);
    return html(`${name} says ${new URLSearchParams(body).get('text')}, run ${run}`);
  }),
});

/** First use, then a comment that needs consent again. */
const walk = async () => {
  const ada = new Browser();
  const signIn = new Headers({ 'set-cookie': 'session=ada; Path=/' });
  ada.jar.store(new URL(place.origin), signIn);
  const asked = await ada.open(`${place.origin}/me`);
  expect(asked.heading).toBe('Allow Stale pages to act for you?');
  expect((await grant(ada, place.sandbox)).heading).toBe('Jonas Weber, run 2');

  place.sandbox.revokeGrants();
  await ada.post(`${place.origin}/comment`, new URLSearchParams({ text: 'hi' }), place.origin);
  const answer = await grant(ada, place.sandbox);
  expect(answer).toMatchObject({ status: 200, heading: 'Jonas Weber says hi, run 2' });
  expect(answer.url.pathname).toMatch(/^\/consent\/answer\//);
  expect((await ada.open(answer.url)).status).toBe(410);
  expect(ran).toEqual(['me', 'text=hi']);
  expect(checked).toEqual(['ada POST /comment', 'ada POST /comment']);

  const problem = await fetch(`${place.origin}/me`, { headers: { cookie: 'session=grace' } });
  expect(problem.status).toBe(401);
  expect(await problem.json()).toMatchObject({ title: 'Consent needed' });
};

describe('mounted in', () => {
  it('Hono, as it is', async () => {
    const pages = consentOf((request) => bySession(request.headers.get('cookie')));
    const { me, comment } = handlersOf(pages);
    const app = new Hono();
    app.use(csrf());
    app.post('*', async (context, next) => {
      const { pathname } = new URL(context.req.url);
      if (!pages.owns(context.req.raw)) {
        checked.push(`${bySession(context.req.header('cookie'))} POST ${pathname}`);
      }
      await next();
    });
    app.all('/consent/*', (context) =>
      pages.handle(context.req.raw, (request) => app.fetch(request)),
    );
    app.get('/me', (context) => me(context.req.raw));
    app.post('/comment', (context) => comment(context.req.raw));

    server = createServer(nodeListener((request) => app.fetch(request), { publicUrl: pages }));
    await listen(server, place.origin);
    await walk();
  });

  it('Express', async () => {
    const sessionOf = (request: Request) =>
      nodeRequest(request) as ExpressRequest & { user?: string };
    const pages = consentOf((request) => sessionOf(request).user);
    const { me, comment } = handlersOf(pages);
    const app = express();
    app.use((request, _, next) => {
      const user = bySession(request.headers.cookie);
      if (user !== undefined) Object.assign(request, { user });
      next();
    });
    app.use(consentListener(pages, app));
    app.use((request, _, next) => {
      const { user } = request as { user?: string };
      if (request.method === 'POST') checked.push(`${user} POST ${request.originalUrl}`);
      next();
    });
    app.get('/me', nodeListener(me, { publicUrl: pages }));
    const router = express.Router();
    router.post('/', nodeListener(comment, { publicUrl: pages }));
    app.use('/comment', router);

    server = createServer(app);
    await listen(server, place.origin);
    await walk();
  });

  it('Fastify', async () => {
    const pages = consentOf((request) => bySession(request.headers.get('cookie')));
    const { me, comment } = handlersOf(pages);
    const app = fastify({
      serverFactory: (listener) => {
        server = createServer(consentListener(pages, listener));
        return server;
      },
    });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', (_request, _payload, done) => done(null));
    app.addHook('onRequest', async (request) => {
      const { method, url, headers } = request;
      if (method === 'POST') checked.push(`${bySession(headers.cookie)} POST ${url}`);
    });
    const serve = (handler: typeof me) => {
      const listener = nodeListener(handler, { publicUrl: pages });
      return (
        request: { raw: Parameters<typeof listener>[0] },
        reply: { raw: Parameters<typeof listener>[1]; hijack(): unknown },
      ) => {
        reply.hijack();
        listener(request.raw, reply.raw);
      };
    };
    app.get('/me', serve(me));
    app.post('/comment', serve(comment));

    await app.ready();
    await listen(server, place.origin);
    await walk();
    await app.close();
  });

  it('one boundary around a whole app', async () => {
    const pages = consentOf((request) => bySession(request.headers.get('cookie')));
    const whole = pages.boundary(async (request, { run }) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/me') {
        const name = await whoAmI();
        ran.push('me');
        return html(`${name}, run ${run}`);
      }
      checked.push(`${bySession(request.headers.get('cookie'))} POST ${pathname}`);
      const body = await request.text();
      const name = await whoAmI();
      ran.push(body);
      return html(`${name} says ${new URLSearchParams(body).get('text')}, run ${run}`);
    });
    const app = (request: Request): Promise<Response> =>
      pages.owns(request) ? pages.handle(request, app) : whole(request);
    server = createServer(nodeListener(app, { publicUrl: pages }));
    await listen(server, place.origin);
    await walk();
  });
});
