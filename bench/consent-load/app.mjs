import { createServer } from 'node:http';
import { createTributary, ensureOk, route } from '@tributary/api';
import { cloud, oauth } from '@tributary/auth-providers';
import { encryption, sqliteGrants } from '@tributary/auth-providers/sqlite';
import { nodeListener } from '@tributary/consent/node';
import { webConsent } from '@tributary/consent/web';
import { hastyClock } from './hasty-clock.mjs';

/** The app alone in its process, so that its memory is its own: told what it serves, asked what it holds. */
const open = async ({ sandbox, port, database, key }) => {
  const clock = hastyClock();
  const publicUrl = `http://localhost:${port}`;
  const tributary = createTributary({
    site: cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl }),
    user: oauth({
      ...sandbox.client,
      redirectUri: `${publicUrl}/consent/callback`,
      authorizationServer: sandbox.authUrl,
      scopes: ['read:me', 'read:confluence-user'],
    }),
    grants: () => sqliteGrants({ path: database, encryption: encryption({ key }), clock }),
  });
  const failures = [];
  const sessionOf = (request) => /session=([\w-]+)/.exec(request.headers.get('cookie') ?? '')?.[1];
  const pages = webConsent({
    consent: tributary.consent,
    publicUrl,
    appName: 'Load',
    clock,
    user: (request) => ({ id: sessionOf(request) }),
    onError: ({ code }) => failures.push(code),
  });

  /** Tells who is meant, what was sent, and who that is at Confluence. */
  const answer = pages.boundary(async (request, { run }) => {
    const sent = request.method === 'POST' ? await request.text() : '';
    const response = await ensureOk(
      tributary.asUser().requestConfluence(route`/wiki/rest/api/user/current`),
    );
    const { accountId } = await response.json();
    return Response.json({ user: sessionOf(request), sent, run, accountId });
  });

  const app = async (request) =>
    pages.owns(request) ? pages.handle(request, app) : answer(request);
  const server = createServer(
    nodeListener(
      async (request) => {
        try {
          return await app(request);
        } catch (error) {
          failures.push(error.code ?? error.message);
          throw error;
        }
      },
      { publicUrl },
    ),
  );
  await new Promise((resolve) => server.listen(port, 'localhost', resolve));
  return { clock, failures };
};

const { clock, failures } = await new Promise((resolve) => {
  process.once('message', (options) => resolve(open(options)));
});

process.on('message', (asked) => {
  if (asked === 'expire') clock.advance(2 * 3_600_000);
  const { user, system } = process.cpuUsage();
  globalThis.gc();
  const { heapUsed } = process.memoryUsage();
  process.send({ heapUsed, cpuMs: (user + system) / 1_000, failures: failures.splice(0) });
});
process.send('ready');
