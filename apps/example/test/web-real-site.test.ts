import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateEncryptionKey } from '@tributary/auth-providers/sqlite';
import { type PersonName, type Sandbox, startSandbox } from '@tributary/sandbox';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { WebOptions } from '../src/settings/web-arguments.js';
import { credentials } from '../src/stories/sandbox.js';
import { serveOnRealSite } from '../src/web/real-site.js';
import { SCOPES } from '../src/web/scopes.js';
import { Browser } from './support/browser.js';
import { firstPage, OPTIONS, type Running, start } from './support/running-web.js';

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

// One sandbox plays the site that exists; the app does not know it for one.
let place: { readonly sandbox: Sandbox; readonly redirectUri: string; readonly port: number };

beforeAll(async () => {
  const port = await freePort();
  const redirectUri = `http://localhost:${port}/consent/callback`;
  place = { port, redirectUri, sandbox: await startSandbox({ redirectUris: [redirectUri] }) };
});
afterAll(() => place.sandbox.close());

describe('the web face on a site that exists', () => {
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
