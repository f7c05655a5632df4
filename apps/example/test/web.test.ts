import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateEncryptionKey } from '@tributary/auth-providers/sqlite';
import { type PersonName, type Sandbox, startSandbox } from '@tributary/sandbox';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { WebOptions } from '../src/settings/web-arguments.js';
import { credentials } from '../src/stories/sandbox.js';
import { serveOnRealSite } from '../src/web/real-site.js';
import { serveOnSandbox } from '../src/web/sandbox.js';
import { SCOPES } from '../src/web/scopes.js';
import { Browser } from './support/browser.js';
import { type Told, tell } from './support/tell.js';

const OPTIONS = { help: false, interactive: false, explain: false, staleDays: 365 };

interface Running {
  readonly told: Told;
  readonly url: string;
  stop(): Promise<void>;
}

/** Until its address is printed. */
const start = async (
  serve: (story: {
    readonly account: Told['account'];
    readonly signal: AbortSignal;
  }) => Promise<void>,
): Promise<Running> => {
  const told = tell();
  const stopped = new AbortController();
  const ended = serve({ account: told.account, signal: stopped.signal });
  const address = told.until(/^Open (http:\S+) in your browser/m);
  const found = await Promise.race([address, ended.then(() => undefined)]);
  if (found === undefined) throw new Error('It ended.');
  return {
    told,
    url: found[1] ?? '',
    async stop() {
      stopped.abort();
      await ended;
    },
  };
};

/** A port that was free a moment ago. */
const freePort = async (): Promise<number> => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
};

/** Every comment on a page, as Confluence tells an administrator. */
const commentsOn = async (sandbox: Pick<Sandbox, 'siteUrl' | 'people'>, page: string) => {
  const { email, apiToken } = sandbox.people.admin;
  const authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`;
  const response = await fetch(
    `${sandbox.siteUrl}/wiki/api/v2/pages/${page}/footer-comments?limit=100`,
    { headers: { authorization } },
  );
  const { results } = (await response.json()) as {
    results: { version: { authorId: string } }[];
  };
  return results.map(({ version }) => version.authorId);
};

/** Requests that could have changed something. */
const writes = (sandbox: Sandbox) =>
  sandbox.requests.filter(({ method, listener }) => method !== 'GET' && listener !== 'auth');

const firstPage = (browser: Browser): { readonly words: string; readonly id: string } => {
  const words = browser.buttons.find((button) => button.startsWith('Comment as me')) ?? '';
  return { words, id: browser.formOf(words).body.get('page') ?? '' };
};

// One sandbox plays the site that exists; the app does not know it for one.
let place: { readonly sandbox: Sandbox; readonly redirectUri: string; readonly port: number };

beforeAll(async () => {
  const port = await freePort();
  const redirectUri = `http://localhost:${port}/consent/callback`;
  place = { port, redirectUri, sandbox: await startSandbox({ redirectUris: [redirectUri] }) };
});
afterAll(() => place.sandbox.close());

describe('on a sandbox', () => {
  let app: Running;
  let ada: Browser;

  beforeAll(async () => {
    app = await start((story) =>
      serveOnSandbox({ ...story, environment: {}, options: OPTIONS, web: {} }),
    );
  });
  afterAll(() => app.stop());
  beforeEach(async () => {
    ada = new Browser();
    await ada.open(app.url);
    await ada.click('Sign in as Ada');
  });
  afterEach(async () => {
    if (ada.buttons.includes('Forget my consent')) await ada.click('Forget my consent');
  });

  const editor = () => place.sandbox.people.editor;
  const reader = () => place.sandbox.people.reader;
  /** The sandbox is the app's own: what it holds shows only through the app. */
  const comments = () => app.told.text().match(/footer-comments +201/g)?.length ?? 0;

  test('the button asks, and comes back with the comment made, once', async () => {
    expect(ada.heading).toBe('Which pages are stale?');
    expect(ada.text).toContain('You have not allowed this app to act for you.');
    const before = comments();

    await ada.click(firstPage(ada).words);
    expect(ada.heading).toBe('Allow Stale page report to act for you?');
    expect(comments()).toBe(before);
    await ada.consent(editor());
    expect(ada.path).toBe('/');
    expect(ada.text).toMatch(
      /What happened \d\d:\d\d:\d\d Jonas Weber commented on “.+”, after you allowed access \(run 2 of the handler\)\. The comment's id is \d+\./,
    );
    expect(comments()).toBe(before + 1);

    await ada.open('/');
    expect(comments()).toBe(before + 1);
    await ada.click(firstPage(ada).words);
    expect(ada.path).toBe('/');
    expect(comments()).toBe(before + 2);
  });

  test('a denial and "Not now" write nothing, and say so', async () => {
    const before = comments();
    await ada.click(firstPage(ada).words);
    await ada.consent(editor(), 'Deny');
    expect(ada.status).toBe(403);
    expect(ada.heading).toBe('Access was not allowed');
    expect(app.told.text()).toMatch(/CONSENT_DENIED/);

    await ada.open(app.url);
    await ada.click(firstPage(ada).words);
    await ada.click('Not now');
    expect(ada.heading).toBe('Access was not allowed');
    await ada.open(app.url);
    expect(ada.text).toContain('You have not allowed this app to act for you.');
    expect(comments()).toBe(before);
  });

  test('who may not comment is told so in words of Confluence', async () => {
    const before = comments();
    await ada.click(firstPage(ada).words);
    await ada.consent(reader());
    expect(ada.path).toBe('/');
    expect(ada.text).toMatch(/Nothing was written on “.+”\. .*permission to comment/);
    expect(comments()).toBe(before);
  });

  test('"Forget my consent" forgets it, says what is left to do, and the next click asks again', async () => {
    await ada.click(firstPage(ada).words);
    await ada.consent(editor());
    await ada.click('Forget my consent');
    expect(ada.text).toMatch(/Your consent is forgotten here\. .*Atlassian/);
    expect(ada.text).toContain('You have not allowed this app to act for you.');
    await ada.click(firstPage(ada).words);
    expect(ada.heading).toBe('Allow Stale page report to act for you?');
  });

  test('each user of the app consents for themselves', async () => {
    await ada.click(firstPage(ada).words);
    await ada.consent(editor());
    const ben = new Browser();
    await ben.open(app.url);
    await ben.click('Sign in as Ben');
    expect(ben.text).toContain('You have not allowed this app to act for you.');
    expect(ben.text).not.toContain('What happened');
    await ben.click(firstPage(ben).words);
    expect(ben.heading).toBe('Allow Stale page report to act for you?');
    await ada.open(app.url);
  });

  test('nobody does anything without a session, nor with a forged one', async () => {
    const { url, body } = ada.formOf(firstPage(ada).words);
    const send = (cookie: string) =>
      fetch(url, {
        method: 'POST',
        headers: { origin: url.origin, cookie },
        body,
        redirect: 'manual',
      });
    const port = new URL(app.url).port;
    const [session = ''] = [...ada.cookies.values()];
    const forged = [
      '',
      `stale-pages-${port}=ada.9999999999999`,
      `stale-pages-${port}=${session.replace(/^ada/, 'ben')}`,
      `stale-pages-1=${session}`,
    ];
    for (const cookie of forged) {
      const response = await send(cookie);
      expect([response.status, response.headers.get('location')]).toEqual([303, '/sign-in']);
    }
    const real = await send(`stale-pages-${port}=${session}`);
    expect(real.status).not.toBe(303);
    await ada.click('Sign out');
    expect(ada.heading).toBe('Sign in to this app');
    await ada.open('/');
    expect(ada.heading).toBe('Sign in to this app');
  });

  test('forms of other sites are refused, also those of other ports of this host', async () => {
    const cookie = [...ada.cookies].map(([key, value]) => `${key.split(' ')[1]}=${value}`).join();
    const from = [
      {},
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'http://localhost:1', 'sec-fetch-site': 'same-site' },
      { origin: 'null' },
    ];
    for (const path of ['/comment', '/forget', '/sign-out', '/sign-in']) {
      for (const headers of from) {
        const response = await fetch(new URL(path, app.url), {
          method: 'POST',
          headers: { cookie, ...(headers as Record<string, string>) },
          body: new URLSearchParams({ page: firstPage(ada).id, user: 'ben' }),
          redirect: 'manual',
        });
        expect([path, headers, response.status]).toEqual([path, headers, 403]);
      }
    }
  });

  test('a page that is not listed is not commented on', async () => {
    const { words } = firstPage(ada);
    const before = app.told.text();
    await ada.click(words, { page: '1' });
    expect(ada.status).toBe(404);
    expect(app.told.text()).toBe(before);
    const url = new URL('/comment', app.url);
    const cookie = [...ada.cookies].map(([key, value]) => `${key.split(' ')[1]}=${value}`).join();
    const headers = { origin: url.origin, cookie, 'content-type': 'application/json' };
    const noForm = await fetch(url, { method: 'POST', headers, body: '{}' });
    expect(noForm.status).toBe(404);
  });

  test('pages have no script and nothing from elsewhere, and say so to the browser', async () => {
    for (const path of ['/', '/sign-in', '/nowhere']) {
      await ada.open(new URL(path, app.url));
      const policy = ada.headers.get('content-security-policy') ?? '';
      expect(policy).toMatch(/^default-src 'none'; style-src 'sha256-[\w+/=]+'; /);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(ada.html).not.toMatch(/<script|<link|<img|\son\w+=|style="/);
      expect(ada.headers.get('cache-control')).toBe('no-store');
    }
  });

  test('a name that leads here by somebody else is not answered', async () => {
    const { port } = new URL(app.url);
    const { request } = await import('node:http');
    const status = await new Promise((resolve) => {
      request(app.url, { headers: { host: `evil.example:${port}` } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(status).toBe(421);
  });
});

describe('on a site that exists', () => {
  let app: Running | undefined;
  afterEach(async () => {
    await app?.stop();
    app = undefined;
    place.sandbox.clearJournal();
  });

  const serve = (web: WebOptions, { without, key }: { without?: 'user'; key?: string } = {}) => {
    const { user, ...rest } = credentials(place.sandbox, { ...place, scopes: SCOPES });
    const environment = {
      TRIBUTARY_REDIRECT_URI: place.redirectUri,
      ...(key !== undefined && { TRIBUTARY_ENCRYPTION_KEY: key }),
    };
    return start((story) =>
      serveOnRealSite(
        { ...story, environment, options: OPTIONS, web },
        { ...rest, ...(without !== 'user' && user && { user }) },
      ),
    );
  };

  /** With the code of the terminal. */
  const signIn = async ({ url, told }: Running, code?: string): Promise<Browser> => {
    const browser = new Browser();
    await browser.open(url);
    const [, shown = ''] = await told.until(/with the code (\S+)/);
    await browser.click('Sign in as the person at this terminal', { code: code ?? shown });
    return browser;
  };

  const people = (name: PersonName) => place.sandbox.people[name];

  test('nothing is written without --write, nobody is asked, and the button says so', async () => {
    app = await serve({});
    expect(app.url).toBe(`http://localhost:${place.port}`);
    expect(app.told.text()).toMatch(/read-only: nothing is written/);
    const person = await signIn(app);
    const { words, id } = firstPage(person);
    const before = await commentsOn(place.sandbox, id);
    expect(words).toMatch(new RegExp(`^Comment as me: only with --write ${id} on `));
    await person.click(words);
    expect(person.status).toBe(403);
    expect(person.text).toMatch(/Nothing was written .*Nobody was asked.* --web --write \d+\./);
    expect(writes(place.sandbox)).toEqual([]);
    expect(place.sandbox.requests.some(({ listener }) => listener === 'auth')).toBe(false);
    expect(await commentsOn(place.sandbox, id)).toEqual(before);
  });

  test('--write lets it comment on that page, once, and on no other', async () => {
    app = await serve({});
    const { id } = firstPage(await signIn(app));
    const before = await commentsOn(place.sandbox, id);
    await app.stop();

    app = await serve({ write: id });
    expect(app.told.text()).toContain(`only page ${id} is written to`);
    const person = await signIn(app);
    const [first = '', second = ''] = person.buttons.filter((words) => words.startsWith('Comment'));
    expect(first).toMatch(/^Comment as me on /);
    expect(second).toMatch(/^Comment as me: only with --write/);
    await person.click(second);
    expect(person.status).toBe(403);
    await person.open('/');
    await person.click(first);
    await person.consent(people('editor'));
    expect(person.text).toMatch(/Jonas Weber commented on/);
    const after = await commentsOn(place.sandbox, id);
    expect(after).toEqual([...before, people('editor').accountId]);
    expect(writes(place.sandbox)).toHaveLength(1);
  });

  test('--grants keeps the consent over a restart, and in no readable form', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-example-'));
    const key = generateEncryptionKey();
    const grants = join(folder, 'private', 'grants.db');
    try {
      app = await serve({});
      const { id } = firstPage(await signIn(app));
      await app.stop();
      app = await serve({ write: id, grants }, { key });
      const person = await signIn(app);
      await person.click(firstPage(person).words);
      await person.consent(people('editor'));
      await app.stop();

      app = await serve({ write: id, grants }, { key });
      const later = await signIn(app);
      expect(later.text).toContain('You have allowed this app to act for you.');
      await later.click(firstPage(later).words);
      expect(later.text).toMatch(/Jonas Weber commented on “.+”\. The comment's id/);
    } finally {
      await app?.stop();
      await rm(folder, { recursive: true });
    }
  });

  test('nobody is signed in without the code of the terminal', async () => {
    app = await serve({});
    for (const code of ['', 'a'.repeat(16)]) {
      const person = await signIn(app, code);
      expect(person.status).toBe(403);
      await person.open('/');
      expect(person.heading).toBe('Sign in to this app');
    }
    expect(place.sandbox.requests.some(({ path }) => path.includes('user/current'))).toBe(false);
  });

  test('without an OAuth app it lists, and its buttons say what would enable them', async () => {
    app = await serve({}, { without: 'user' });
    const person = await signIn(app);
    const { words } = firstPage(person);
    expect(words).toMatch(/^Comment as me: needs an OAuth app/);
    await person.click(words);
    expect(person.text).toContain('TRIBUTARY_CLIENT_ID');
    expect(writes(place.sandbox)).toEqual([]);
  });

  test('a port that is taken ends it with the next step', async () => {
    app = await serve({});
    await expect(serve({})).rejects.toThrow(
      `--port: ${place.port} is in use; end what is there, or take another`,
    );
  });

  test.each<[string, WebOptions, { without?: 'user' }, RegExp]>([
    ['a page that is not there', { write: '1' }, {}, /--write: there is no page 1/],
    ['a port that the redirect URI does not lead to', { port: 1 }, {}, /--port: must be \d+/],
    ['--write without an OAuth app', { write: '1' }, { without: 'user' }, /TRIBUTARY_CLIENT_ID/],
    ['--grants without a key', { grants: 'x.db' }, {}, /TRIBUTARY_ENCRYPTION_KEY: is not set/],
  ])('%s ends it with the next step', async (_, web, how, message) => {
    await expect(serve(web, how)).rejects.toThrow(message);
  });
});
