import { afterAll, beforeAll, expect, test } from 'vitest';
import { CookieJar } from '../src/consent-walk/cookie-jar.js';
import { findForm } from '../src/consent-walk/html-form.js';
import { type Sandbox, startSandbox } from '../src/index.js';
import { authorizeUrl } from './sandbox-client.js';

let sandbox: Sandbox;
let redirectUri: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  redirectUri = sandbox.client.redirectUris[1] ?? '';
});
afterAll(() => sandbox.close());

interface Seen {
  readonly url: URL;
  readonly status: number;
  readonly html: string;
  readonly headers: Headers;
}

/** A browser with one cookie jar: follows redirects at the OAuth server, stops at the app's. */
function startBrowser() {
  const jar = new CookieJar();
  const go = async (url: URL, body?: URLSearchParams): Promise<Seen> => {
    const response = await fetch(url, {
      method: body ? 'POST' : 'GET',
      headers: { accept: 'text/html', cookie: jar.header(url) },
      redirect: 'manual',
      ...(body && { body }),
    });
    jar.store(url, response.headers);
    const html = await response.text();
    const target = new URL(response.headers.get('location') ?? url, url);
    const { status, headers } = response;
    const isDone = status < 300 || status >= 400 || target.origin !== url.origin;
    return isDone ? { url: target, status, html, headers } : go(target);
  };
  return {
    open: (url: string) => go(new URL(url)),
    submit: (seen: Seen, values: Record<string, string>) =>
      go(new URL(findForm(seen.html)?.action ?? '', seen.url), new URLSearchParams(values)),
  };
}

const { open: nobody } = startBrowser();

async function logIn(browser: ReturnType<typeof startBrowser>, who: 'editor' | 'reader') {
  const login = await browser.open(authorizeUrl(sandbox, redirectUri));
  const { email, password } = sandbox.people[who];
  return browser.submit(login, { email, password });
}

test('the pages say what they are, run no script and are not to be framed or kept', async () => {
  const browser = startBrowser();
  const login = await browser.open(authorizeUrl(sandbox, redirectUri));
  const consent = await logIn(browser, 'editor');
  for (const page of [login, consent]) {
    expect(page.status).toBe(200);
    expect(page.html).toContain('This is the Tributary sandbox');
    expect(page.html).toContain('<html lang="en">');
    expect(page.html).not.toContain('<script');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(page.headers.get('cache-control')).toBe('no-store');
  }
  expect(login.html).toMatch(/<label for="email">/);
  expect(consent.html).toContain('Jonas Weber');
  expect(consent.html).toContain('Read the pages you can read');
  expect(consent.html).toContain('Stay connected while you are away');
});

test('a wrong password shows the page again, and a right one goes on', async () => {
  const browser = startBrowser();
  const login = await browser.open(authorizeUrl(sandbox, redirectUri));
  const again = await browser.submit(login, { email: '<b>"x"@y', password: 'x' });
  expect(again.status).toBe(401);
  expect(again.html).toContain('role="alert"');
  expect(again.html).toContain('value="&lt;b&gt;&quot;x&quot;@y"');
  const { email, password } = sandbox.people.editor;
  expect((await browser.submit(again, { email, password })).html).toContain('asks for access');
});

test('who is logged in is remembered, what was agreed to is not', async () => {
  const browser = startBrowser();
  const consent = await logIn(browser, 'editor');
  const done = await browser.submit(consent, { decision: 'accept' });
  expect(done.url.searchParams.has('code')).toBe(true);
  for (const prompt of ['consent', '']) {
    const url = new URL(authorizeUrl(sandbox, redirectUri));
    if (prompt === '') url.searchParams.delete('prompt');
    const next = await browser.open(url.href);
    expect(next.html).toContain('asks for access');
  }
});

test('somebody else can log in instead', async () => {
  const browser = startBrowser();
  const consent = await logIn(browser, 'editor');
  const login = await browser.submit(consent, { decision: 'switch' });
  expect(login.html).toContain('Log in');
  const { email, password } = sandbox.people.reader;
  const own = await browser.submit(login, { email, password });
  expect(own.html).toContain('Priya Nair');
  const done = await browser.submit(own, { decision: 'accept' });
  expect(done.url.searchParams.get('state')).toBe('some-state');
});

test('a decision that is none, or comes from a stranger, decides nothing', async () => {
  const browser = startBrowser();
  const consent = await logIn(browser, 'editor');
  expect((await browser.submit(consent, { decision: 'maybe' })).status).toBe(400);
  const stranger = startBrowser();
  const stolen = await stranger.submit(consent, { decision: 'accept' });
  expect(stolen.status).toBe(400);
  expect(stolen.html).toContain('This log-in has ended');
});

test('errors are a page, with what came from outside made safe', async () => {
  const page = await nobody(
    authorizeUrl(sandbox, redirectUri, { client_id: '<script>alert(1)</script>' }),
  );
  expect(page.status).toBe(400);
  expect(page.html).toContain('This did not work');
  expect(page.html).not.toContain('<script>');
});

test.each([[[]], [['ftp://x/callback']], [['not a url']], [['http://x/#y']]])(
  'redirect URIs %j are refused at the start',
  async (redirectUris) => {
    await expect(startSandbox({ redirectUris })).rejects.toThrow('redirectUris must');
  },
);
