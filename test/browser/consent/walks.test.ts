import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectChromium, hasChromium } from '../support/chromium.js';
import { listen } from '../support/listen.js';
import { type App, openApp } from './app.js';
import { Gallery } from './gallery.js';
import type { Person } from './person.js';
import { openPlace, type Place } from './place.js';
import { type Visit, Visitors } from './visitors.js';

const MINUTE = 60_000;

describe.skipIf(!hasChromium)('consent on the web, in Chromium without scripts', () => {
  let place: Place;
  let app: App;
  let browser: Browser;
  let gallery: Gallery;
  let visitors: Visitors;

  beforeAll(async () => {
    place = await openPlace();
    app = openApp(place.app);
    place.serve(app.listener);
    browser = await connectChromium();
    gallery = await Gallery.open(browser);
    visitors = new Visitors(browser, place);
  });

  afterEach(async () => {
    await visitors.leave();
    place.sandbox.clearJournal();
    place.clock.reset();
  });

  afterAll(async () => {
    await browser?.close();
    await app?.[Symbol.asyncDispose]();
    await place?.[Symbol.asyncDispose]();
  });

  const somebody = (visit?: Visit): Promise<Person> => visitors.arrive(visit);
  const editor = () => place.sandbox.people.editor;

  const sent = (method: string, path: string): number =>
    place.sandbox.requests.filter((it) => it.method === method && it.path.includes(path)).length;
  const exchanges = () => sent('POST', '/oauth/token');
  const comments = () => sent('POST', '/footer-comments');

  describe('a page that was opened', () => {
    test('first use: asked, logged in, granted, and where they were', async () => {
      const ada = await somebody({ isNew: true });
      await ada.open('/');
      await ada.page.getByRole('link', { name: 'Show my stale pages' }).click();
      expect(ada.place).toBe('/consent/ask/…');
      expect(await ada.heading()).toBe('Allow Stale pages to act for you?');
      await gallery.look(ada.page, 'ask', 'closely');
      await ada.click('Allow access');
      expect(ada.place).toMatch(/^atlassian:/);
      await gallery.look(ada.page, 'sandbox-log-in');
      await ada.logIn(editor());
      await gallery.look(ada.page, 'sandbox-consent');
      await ada.click('Accept');
      expect(ada.place).toBe('/pages');
      expect(await ada.heading()).toBe('Pages of Jonas Weber');
      await ada.page.reload();
      expect(ada.place).toBe('/pages');
      expect(exchanges()).toBe(1);
    });

    test('not now, and then after all', async () => {
      const ada = await somebody();
      await ada.open('/pages');
      await ada.click('Not now');
      expect(await ada.heading()).toBe('Access was not allowed');
      await gallery.look(ada.page, 'denied');
      expect(sent('GET', '/authorize')).toBe(0);
      await ada.page.getByRole('link', { name: 'Try again' }).click();
      await ada.allow(editor());
      expect(ada.place).toBe('/pages');
    });

    test('denied at the authorization server', async () => {
      const ada = await somebody();
      await ada.open('/pages');
      await ada.click('Allow access');
      await ada.be(editor());
      await ada.click('Deny');
      expect(await ada.heading()).toBe('Access was not allowed');
      expect(exchanges()).toBe(0);
    });

    test('the tab is closed, and opened again in time', async () => {
      const ada = await somebody();
      await ada.open('/pages');
      const asked = ada.page.url();
      await ada.click('Allow access');
      await ada.newTab();
      place.clock.advance(20 * MINUTE);
      await ada.open(asked);
      await ada.allow(editor());
      expect(ada.place).toBe('/pages');
    });

    test('the tab is closed, and opened again an hour later', async () => {
      const ada = await somebody();
      await ada.open('/pages');
      const asked = ada.page.url();
      await ada.newTab();
      place.clock.advance(60 * MINUTE);
      await ada.open(asked);
      expect(await ada.heading()).toBe('This request has ended');
      await gallery.look(ada.page, 'ended', 'closely');
      await ada.open('/pages');
      await ada.allow(editor());
      expect(ada.place).toBe('/pages');
    });

    test('double clicks count once', async () => {
      const ada = await somebody();
      await ada.open('/pages');
      await ada.page.getByRole('button', { name: 'Allow access' }).dblclick();
      await ada.be(editor());
      await ada.page.getByRole('button', { name: 'Accept' }).dblclick();
      await ada.page.waitForURL('**/pages');
      expect(await ada.heading()).toBe('Pages of Jonas Weber');
      expect(exchanges()).toBe(1);
    });

    test('two tabs: the second goes on with what the first was granted', async () => {
      const ada = await somebody();
      const second = await ada.context.newPage();
      await ada.open('/pages');
      await ada.open('/pages', second);
      expect(await ada.heading(second)).toBe('Allow Stale pages to act for you?');
      await ada.allow(editor());
      expect(ada.place).toBe('/pages');
      await ada.click('Allow access', second);
      expect(await ada.heading(second)).toBe('Pages of Jonas Weber');
      expect(exchanges()).toBe(1);
    });

    test('the back button brings nothing back', async () => {
      const ada = await somebody();
      await ada.open('/pages');
      const asked = ada.page.url();
      await ada.allow(editor());
      await ada.backTo(asked);
      expect(await ada.heading()).toBe('This request has ended');
      await ada.open('/pages');
      expect(await ada.heading()).toBe('Pages of Jonas Weber');
      expect(exchanges()).toBe(1);
    });

    test('a page that needs more: asked again, and told what is new', async () => {
      const ada = await somebody();
      await ada.open('/pages');
      await ada.allow(editor());
      await ada.open('/spaces');
      const items = ada.page.getByRole('listitem');
      expect(await items.filter({ hasText: 'New:' }).allTextContents()).toEqual([
        expect.stringContaining('read:space:confluence'),
      ]);
      await gallery.look(ada.page, 'ask-more');
      await ada.click('Not now');
      await ada.open('/pages');
      expect(await ada.heading()).toBe('Pages of Jonas Weber');
      await ada.open('/spaces');
      await ada.click('Allow access');
      await ada.click('Accept');
      expect(await ada.heading()).toBe('Spaces');
    });

    test('a program gets a problem, and its person a page', async () => {
      const ada = await somebody({ hasScripts: true });
      await ada.open('/');
      const ask = () =>
        ada.page.evaluate(async () => {
          const response = await fetch('/api/pages');
          return { status: response.status, body: await response.json() };
        });
      const { status, body } = await ask();
      expect(status).toBe(401);
      await ada.page.goto(body.consentUrl);
      await ada.allow(editor());
      expect(ada.place).toBe('/');
      expect(await ask()).toMatchObject({ status: 200, body: { who: 'Jonas Weber' } });
    });
  });

  describe('an answer of the authorization server', () => {
    /** Up to the callback, which is held back. */
    const upToCallback = async (ada: Person): Promise<string> => {
      await ada.open('/pages');
      return place.holdCallback(() => ada.allow(editor()));
    };

    test('too late', async () => {
      const ada = await somebody();
      const callback = await upToCallback(ada);
      place.clock.advance(31 * MINUTE);
      await ada.open(callback);
      expect(await ada.heading()).toBe('This answer was not accepted');
      await gallery.look(ada.page, 'callback-refused');
      expect(exchanges()).toBe(0);
    });

    test('with another state, and then with its own', async () => {
      const ada = await somebody();
      const callback = new URL(await upToCallback(ada));
      const tampered = new URL(callback);
      const state = callback.searchParams.get('state') ?? '';
      tampered.searchParams.set(
        'state',
        state.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
      );
      await ada.open(tampered.href);
      expect(await ada.heading()).toBe('This answer was not accepted');
      expect(exchanges()).toBe(0);
      await ada.open(callback.href);
      expect(ada.place).toBe('/pages');
    });

    test('for the second time', async () => {
      const ada = await somebody();
      const callback = await upToCallback(ada);
      await ada.open(callback);
      expect(ada.place).toBe('/pages');
      await ada.open(callback);
      expect(await ada.heading()).toBe('This request has ended');
      expect(exchanges()).toBe(1);
    });

    test('in another browser of the same user, then in the right one', async () => {
      const ada = await somebody({ session: 'ada-twice' });
      const callback = await upToCallback(ada);
      const elsewhere = await somebody({ session: 'ada-twice' });
      await elsewhere.open(callback);
      expect(await elsewhere.heading()).toBe('Not accepted');
      await gallery.look(elsewhere.page, 'other-browser');
      expect(exchanges()).toBe(0);
      await ada.open(callback);
      expect(ada.place).toBe('/pages');
    });

    test('in the browser of somebody else, and of nobody', async () => {
      const ada = await somebody();
      const callback = await upToCallback(ada);
      const mallory = await somebody();
      await mallory.open(callback);
      expect(await mallory.heading()).toBe('Not accepted');
      await mallory.context.clearCookies({ name: 'session' });
      await mallory.open(callback);
      expect(await mallory.heading()).toBe('Sign in first');
      await gallery.look(mallory.page, 'sign-in-first');
      expect(exchanges()).toBe(0);
    });

    test('from the wrong account, which keeps no grant, and then from the right one', async () => {
      const { admin, reader } = place.sandbox.people;
      const ada = await somebody({ session: `ada@${admin.accountId}` });
      await ada.open('/pages');
      await ada.allow(reader);
      expect(ada.place).toBe('/consent/ask/…');
      expect(await ada.heading()).toMatch(/^Not granted/);
      expect(await ada.page.getByRole('alert').textContent()).toContain('account');
      await gallery.look(ada.page, 'wrong-account', 'closely');
      await ada.allow(admin);
      expect(await ada.heading()).toBe('Pages of Mira Holm');
      const priya = await somebody({ session: `priya@${reader.accountId}` });
      await priya.open('/pages');
      expect(await priya.heading()).toBe('Allow Stale pages to act for you?');
    });
  });

  describe('a form that was sent', () => {
    const comment = async (ada: Person, button: string): Promise<void> => {
      await ada.open('/');
      await ada.page.getByLabel('Comment').fill('Is this still true?');
      await ada.click(button);
      expect(await ada.heading()).toBe('Allow Stale pages to act for you?');
    };

    test('is carried out once, whatever follows', async () => {
      const ada = await somebody();
      await comment(ada, 'Comment as me');
      const asked = ada.page.url();
      await gallery.look(ada.page, 'ask-send');
      await ada.allow(editor());
      expect(ada.place).toBe('/done');
      expect(comments()).toBe(1);
      await ada.page.reload();
      expect(ada.place).toBe('/done');
      await ada.backTo(asked);
      expect(await ada.heading()).toBe('This request has ended');
      expect(comments()).toBe(1);
    });

    test('is answered with what the app said, once', async () => {
      const ada = await somebody();
      await comment(ada, 'Comment and stay');
      await ada.allow(editor());
      expect(ada.place).toBe('/consent/answer/…');
      expect(await ada.heading()).toBe('Commented: Is this still true?');
      await ada.page.reload();
      expect(await ada.heading()).toBe('This request has ended');
      expect(comments()).toBe(1);
    });

    test('is carried out once also after double clicks', async () => {
      const ada = await somebody();
      await comment(ada, 'Comment as me');
      await ada.page.getByRole('button', { name: 'Allow access' }).dblclick();
      await ada.be(editor());
      await ada.page.getByRole('button', { name: 'Accept' }).dblclick();
      await ada.page.waitForURL('**/done');
      expect(comments()).toBe(1);
    });

    test('is not carried out after a no', async () => {
      const ada = await somebody();
      await comment(ada, 'Comment as me');
      await ada.click('Not now');
      expect(await ada.heading()).toBe('Access was not allowed');
      await gallery.look(ada.page, 'denied-send');
      await ada.open('/pages');
      await ada.allow(editor());
      expect(ada.place).toBe('/pages');
      expect(comments()).toBe(0);
    });
  });

  test("another site's form is not carried out, whatever it was that was granted", async () => {
    const { origin } = place.app;
    const form = `<h1>Win a prize</h1><form method="post" action="${origin}/comment"><input name="text" value="Spam"><button>Claim it</button></form>`;
    const evil = await listen((_, response) => {
      response.setHeader('content-type', 'text/html').end(form);
    });
    try {
      const ada = await somebody();
      await ada.page.goto(evil.origin);
      await ada.click('Claim it');
      expect(await ada.heading()).toBe('Allow Stale pages to act for you?');
      await gallery.look(ada.page, 'ask-foreign');
      await ada.allow(editor());
      expect(await ada.heading()).toBe('Access allowed');
      await gallery.look(ada.page, 'granted');
      expect(comments()).toBe(0);
    } finally {
      await evil.close();
    }
  });

  test('with the keyboard alone, and what a screen reader is told', async () => {
    const ada = await somebody({ isNew: true });
    const { page } = ada;
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await ada.open('/pages');
    const heard = (await page.locator('body').ariaSnapshot()).replace(/127\.0\.0\.1:\d+/, 'HOST');
    expect(heard).toMatchInlineSnapshot(`
      "- banner:
        - paragraph: Stale pages
      - main:
        - heading "Allow Stale pages to act for you?" [level=1]
        - paragraph:
          - strong: Stale pages
          - text: needs your consent to go on. It asks for access to
          - strong: HOST
          - text: in your name. You log in and decide at Atlassian; your password stays there.
        - heading "As you, Stale pages will be able to" [level=2]
        - list:
          - listitem:
            - text: read pages and blog posts
            - code: read:page:confluence
          - listitem:
            - text: create and change comments
            - code: write:comment:confluence
          - listitem:
            - text: see who you are in Confluence, and other people there
            - code: read:confluence-user
          - listitem:
            - text: stay connected while you are away
            - code: offline_access
        - button "Allow access"
        - button "Not now""
    `);
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Allow access');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Not now');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Try again' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Try again');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Allow access' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByLabel('Email').waitFor();
    const { email, password } = editor();
    for (const text of [email, password]) {
      await page.keyboard.press('Tab');
      await page.keyboard.type(text);
    }
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Accept' }).waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/pages');
    expect(await ada.heading()).toBe('Pages of Jonas Weber');
  });

  test('no page has a fault that axe finds, or scrolls sideways at 320 px', () => {
    console.error(`Pictures of ${gallery.seen.size} pages: test/.screenshots`);
    expect(gallery.faults).toEqual([]);
  });
});
