import type { RequestListener } from 'node:http';
import { createTributary, ensureOk, type Tributary } from '@tributary/api';
import { cloud, oauth } from '@tributary/auth-providers';
import { consentPlugin } from '@tributary/consent/di';
import { nodeListener } from '@tributary/consent/node';
import { type ConsentPages, webConsent } from '@tributary/consent/web';
import { type Clock, type InvokingUser, systemClock } from '@tributary/pipeline';
import { CLOCK, type Plugin } from '@tributary/pipeline/di';
import { route } from '@tributary/route';
import type { Sandbox } from '@tributary/sandbox';
// As Node itself reads it, where an instance is a process.
import { html, page } from './app-page.ts';
import { type Database, openDatabase } from './database.ts';

export interface AppOptions {
  /** What browsers see; whichever instance answers. */
  readonly origin: string;
  readonly sandbox: Pick<Sandbox, 'siteUrl' | 'gatewayUrl' | 'authUrl' | 'client'>;
  /** All instances share it. */
  readonly database: Database;
  readonly key: string;
  readonly clock?: Clock;
}

/** One instance of a small app that knows nothing of OAuth. */
export interface App extends AsyncDisposable {
  readonly listener: RequestListener;
  readonly tributary: Tributary;
}

const SCOPES = ['read:page:confluence', 'write:comment:confluence', 'read:confluence-user'];

export const openApp = (options: AppOptions): App => {
  const { origin, sandbox, clock = systemClock } = options;
  const { clientId, clientSecret } = sandbox.client;
  const time: Plugin = {
    name: 'time',
    register: (registry) => registry.provide(CLOCK, { useValue: clock }),
  };
  const tributary = createTributary({
    site: cloud(sandbox.siteUrl, { gateway: sandbox.gatewayUrl }),
    user: oauth({
      clientId,
      clientSecret,
      redirectUri: `${origin}/consent/callback`,
      authorizationServer: sandbox.authUrl,
      scopes: SCOPES,
    }),
    grants: () => openDatabase(options.database, options.key, clock),
    plugins: [time, consentPlugin({ incremental: true })],
  });
  const pages = webConsent({
    consent: tributary.consent,
    publicUrl: origin,
    appName: 'Stale pages',
    user: signedIn,
    clock,
  });
  const handlers = handlersOf(tributary, pages);

  const app = async (request: Request): Promise<Response> => {
    if (pages.owns(request)) return pages.handle(request, app);
    const { pathname } = new URL(request.url);
    const answer = handlers[`${request.method} ${pathname}`];
    return answer === undefined ? page('No such page', html`<p>Sorry.</p>`, 404) : answer(request);
  };

  return {
    tributary,
    listener: nodeListener(app, { publicUrl: pages }),
    [Symbol.asyncDispose]: () => tributary[Symbol.asyncDispose](),
  };
};

type Handlers = Readonly<Record<string, (request: Request) => Response | Promise<Response>>>;

const handlersOf = (tributary: Tributary, pages: ConsentPages): Handlers => {
  const confluence = () => tributary.asUser();

  const stalePages = async (): Promise<{ readonly who: string; readonly titles: string[] }> => {
    const me = await ensureOk(confluence().requestConfluence(route`/wiki/rest/api/user/current`));
    const found = await ensureOk(
      confluence().requestConfluence(route`/wiki/api/v2/pages?sort=modified-date&limit=${3}`),
    );
    const { results } = (await found.json()) as { results: { title: string }[] };
    return { who: (await me.json()).displayName, titles: results.map(({ title }) => title) };
  };

  const comment = async (request: Request): Promise<string> => {
    const text = String((await request.formData()).get('text'));
    const found = await confluence().requestConfluence(route`/wiki/api/v2/pages?limit=${1}`);
    const { results } = (await (await ensureOk(found)).json()) as { results: { id: string }[] };
    const pageId = results[0]?.id;
    const value = html`<p>${text}</p>`.toString();
    await ensureOk(
      confluence().requestConfluence(route`/wiki/api/v2/footer-comments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ pageId, body: { representation: 'storage', value } }),
      }),
    );
    return text;
  };

  return {
    'GET /': () =>
      page(
        'Stale pages',
        html`<p><a href="/pages">Show my stale pages</a></p>
<form method="post" action="/comment">
<label for="text">Comment</label> <input id="text" name="text" required>
<button>Comment as me</button> <button formaction="/comment-here">Comment and stay</button>
</form>
<form method="post" action="/forget"><button>Forget my consent</button></form>`,
      ),
    'GET /pages': pages.boundary(async () => {
      const { who, titles } = await stalePages();
      return page(
        `Pages of ${who}`,
        html`<ul>${titles.map((title) => html`<li>${title}</li>`)}</ul>`,
      );
    }),
    // For which the configured scopes are not enough.
    'GET /spaces': pages.boundary(async () => {
      const found = await ensureOk(confluence().requestConfluence(route`/wiki/api/v2/spaces`));
      const { results } = (await found.json()) as { results: { name: string }[] };
      return page('Spaces', html`<ul>${results.map(({ name }) => html`<li>${name}</li>`)}</ul>`);
    }),
    'GET /api/pages': pages.boundary(async () => Response.json(await stalePages())),
    'POST /comment': pages.boundary(async (request) => {
      await comment(request);
      return new Response(null, { status: 303, headers: { location: '/done' } });
    }),
    'POST /comment-here': pages.boundary(async (request, { run }) =>
      page(`Commented: ${await comment(request)}`, html`<p>Run ${run}</p>`),
    ),
    'POST /forget': async (request) => {
      const user = signedIn(request);
      if (user === undefined) return page('Sign in first', html`<p>Sorry.</p>`, 403);
      const { atAtlassian } = await tributary.consent.revoke(user);
      return page('Forgotten', html`<p>${atAtlassian.what}</p>`);
    },
    'GET /done': () => page('Thank you', html`<p>Your comment is there.</p>`),
  };
};

/** The app's own session: who is signed in, and their Atlassian account where the app knows it. */
const signedIn = (request: Request): InvokingUser | undefined => {
  const cookie = /(?:^|; )session=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1];
  if (cookie === undefined) return undefined;
  const [id = '', accountId] = decodeURIComponent(cookie).split('@');
  return accountId === undefined ? { id } : { id, accountId };
};
