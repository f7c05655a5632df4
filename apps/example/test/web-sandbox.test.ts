import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serveOnSandbox } from '../src/web/sandbox.js';
import { Browser } from './support/browser.js';
import { firstPage, OPTIONS, type Running, start } from './support/running-web.js';

describe('the web face on a sandbox', () => {
  let app: Running;
  let ada: Browser;
  /** The people of every sandbox: the app's own shows itself only through the app. */
  let people: Sandbox['people'];

  beforeAll(async () => {
    const another = await startSandbox();
    people = another.people;
    await another.close();
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

  const editor = () => people.editor;
  const reader = () => people.reader;
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
