import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GrantStorage, TributaryError } from '@tributary/pipeline';
import { route } from '@tributary/route';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { nodeListener } from '../../../src/node/index.js';
import { type ConsentPages, type WebConsentOptions, webConsent } from '../../../src/web/index.js';
import { type Client, startClient } from '../../support/oauth-client.js';
import { Browser } from './browser.js';
import { listen, stop } from './listen.js';

/** What the app's handlers saw, oldest first. */
export interface Ran {
  readonly what: string;
  readonly run: number;
  readonly as: string;
  readonly body?: string;
  readonly request: Request;
}

export interface WebApp {
  readonly origin: string;
  readonly pages: ConsentPages;
  readonly client: Client;
  /** Runs of handlers that got what they needed. */
  readonly done: Ran[];
  /** All runs, also those that ended in a consent. */
  readonly runs: Ran[];
  readonly errors: TributaryError[];
  /** What the app's own check, in front of its handlers, looked at. */
  readonly checked: string[];
  /** Somebody's browser, signed in to the app. */
  browser(user?: string): Promise<Browser>;
  close(): Promise<void>;
}

export type AppOptions = Partial<Omit<WebConsentOptions, 'consent' | 'user'>> & {
  readonly storage?: GrantStorage;
  readonly scopes?: readonly string[];
  readonly incremental?: boolean;
  /** Known Atlassian accounts of the app's users. */
  readonly accounts?: Readonly<Record<string, string>>;
};

/** A port for an app, and a sandbox that knows its redirect URI; apps come and go on it. */
export interface Place {
  readonly sandbox: Sandbox;
  readonly origin: string;
  start(options?: AppOptions): Promise<WebApp>;
  close(): Promise<void>;
}

export const openPlace = async (): Promise<Place> => {
  const server = createServer();
  await listen(server, 'http://localhost:0');
  const { port } = server.address() as AddressInfo;
  const origin = `http://localhost:${port}`;
  const sandbox = await startSandbox({ redirectUris: [`${origin}/consent/callback`] });
  await stop(server);
  return {
    sandbox,
    origin,
    start: (options = {}) => startApp(sandbox, origin, options),
    close: () => sandbox.close(),
  };
};

const startApp = async (sandbox: Sandbox, origin: string, options: AppOptions): Promise<WebApp> => {
  const { storage, scopes, incremental = false, accounts = {}, ...web } = options;
  const client = startClient({
    sandbox,
    redirectUri: `${origin}/consent/callback`,
    incremental,
    ...(storage && { storage }),
    ...(scopes && { scopes }),
  });
  const errors: TributaryError[] = [];
  const done: Ran[] = [];
  const runs: Ran[] = [];
  const checked: string[] = [];
  const pages = webConsent({
    publicUrl: origin,
    appName: 'Stale pages',
    onError: (error) => errors.push(error),
    ...web,
    consent: client.desk,
    user(request) {
      const id = signedIn(request);
      if (id === undefined) return undefined;
      const accountId = accounts[id];
      const found = { id, email: 'known-to-the-app@example.com' };
      return accountId === undefined ? found : { ...found, accountId };
    },
  });

  /** What a page of it does: it finds out who the person is at Confluence. */
  const handler = (what: string) =>
    pages.boundary(async (request, { run }) => {
      const body = request.method === 'GET' ? {} : { body: await request.text() };
      runs.push({ what, run, as: '', request, ...body });
      const response = await client.get(route`/wiki/rest/api/user/current`);
      const { displayName } = (await response.json()) as { displayName: string };
      done.push({ what, run, as: displayName, request, ...body });
      const { searchParams } = new URL(request.url);
      const goTo = searchParams.get('then');
      if (goTo !== null) return new Response(null, { status: 302, headers: { location: goTo } });
      const status = Number(searchParams.get('status') ?? 200);
      if (status === 204) return new Response(null, { status, headers: { 'set-cookie': 'a=b' } });
      const size = Number(searchParams.get('size') ?? 0);
      return html(`<h1>${what} as ${displayName}, run ${run}</h1>${'x'.repeat(size)}`, status);
    });
  const handlers: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
    '/me': handler('me'),
    '/other': handler('other'),
    '/comment': handler('comment'),
    '/api/me': handler('api'),
  };

  const app = async (request: Request): Promise<Response> => {
    const { pathname, searchParams } = new URL(request.url);
    if (pages.owns(request)) return pages.handle(request, app);
    if (pathname === '/sign-in') {
      const cookie = `session=${searchParams.get('as')}; Path=/; HttpOnly; SameSite=Lax`;
      return html('<h1>Signed in</h1>', 200, { 'set-cookie': cookie });
    }
    if (pathname === '/sign-out') {
      return html('<h1>Signed out</h1>', 200, { 'set-cookie': 'session=; Path=/; Max-Age=0' });
    }
    if (request.method === 'POST') checked.push(`POST ${pathname}`);
    if (pathname === '/comment' && request.headers.get('origin') === 'https://evil.example') {
      return html('<h1>The app refuses other sites</h1>', 403);
    }
    return handlers[pathname]?.(request) ?? html('<h1>Home</h1>', 200);
  };

  const server = createServer(nodeListener(app, { publicUrl: pages }));
  await listen(server, origin);
  return {
    origin,
    pages,
    client,
    done,
    runs,
    errors,
    checked,
    async browser(user) {
      const browser = new Browser(web.clock && { clock: web.clock });
      if (user !== undefined) await browser.open(`${origin}/sign-in?as=${user}`);
      return browser;
    },
    async close() {
      await stop(server);
      await client[Symbol.asyncDispose]();
    },
  };
};

const signedIn = (request: Request): string | undefined =>
  /(?:^|; )session=([^;]+)/.exec(request.headers.get('cookie') ?? '')?.[1];

const html = (body: string, status: number, headers: Record<string, string> = {}): Response =>
  new Response(body, { status, headers: { 'content-type': 'text/html', ...headers } });
