import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Gallery } from '../consent/gallery.js';
import { connectChromium, hasChromium } from '../support/chromium.js';

const MAIN = fileURLToPath(new URL('../../../apps/example/dist/main.js', import.meta.url));

/** Nothing of this machine's settings, which would lead it to another site. */
const cleanEnvironment = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^TRIBUTARY_/.test(name)));

describe.skipIf(!hasChromium)('the example on the web, in Chromium without scripts', () => {
  let app: ChildProcess;
  let printed = '';
  let address: string;
  let browser: Browser;
  let gallery: Gallery;
  let page: Page;

  beforeAll(async () => {
    app = spawn(process.execPath, [MAIN, '--web'], {
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const found = new Promise<string>((resolve, reject) => {
      app.once('close', () => reject(new Error(`It ended: ${printed}`)));
      app.stdout?.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        const url = /^Open (http:\S+) in your browser/m.exec(printed)?.[1];
        if (url !== undefined) resolve(url);
      });
    });
    browser = await connectChromium();
    gallery = await Gallery.open(browser);
    const context = await browser.newContext({ javaScriptEnabled: false });
    context.setDefaultTimeout(30_000);
    page = await context.newPage();
    address = await found;
  });
  afterAll(async () => {
    await browser?.close();
    app?.kill('SIGKILL');
  });

  const heading = () => page.locator('h1').textContent();
  const click = (words: string) =>
    page
      .getByRole('button', { name: new RegExp(`^${words}`) })
      .first()
      .click();

  /** By what the page itself says. */
  const logIn = async (name: string): Promise<void> => {
    const words = await page.locator('dt', { hasText: name }).locator('+ dd').textContent();
    const [, email = '', password = ''] = /^(\S+), password (\S+)$/.exec(words ?? '') ?? [];
    await click('Comment as me');
    await click('Allow access');
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password').fill(password);
    await click('Log in');
  };

  test('a newcomer signs in, is asked, and comes back with the comment made', async () => {
    await page.goto(address);
    expect(await heading()).toBe('Sign in to this app');
    await gallery.look(page, 'example-sign-in');
    await click('Sign in as Ada');
    await logIn('Jonas Weber');
    await click('Accept');
    expect(page.url()).toBe(`${address}/`);
    const happened = page.getByRole('region', { name: 'What happened' });
    expect(await happened.textContent()).toMatch(/Jonas Weber commented on/);
    await gallery.look(page, 'example-commented');

    await page.reload();
    await page.goBack();
    await page.goForward();
    expect(printed.match(/footer-comments +201/g)).toHaveLength(1);
  });

  test('a keyboard is enough', async () => {
    await page.goto(address);
    const names: string[] = [];
    for (let stop = 0; stop < 3; stop += 1) {
      await page.keyboard.press('Tab');
      names.push((await page.locator(':focus').textContent()) ?? '');
    }
    expect(names).toEqual([
      'Sign out',
      expect.stringMatching(/^Comment as me on /),
      expect.stringMatching(/^Comment as me on /),
    ]);
    await page.keyboard.press('Enter');
    await page.waitForURL(`${address}/`);
    await expect.poll(() => printed.match(/footer-comments +201/g)).toHaveLength(2);
  });

  test('forgetting it is said, and the next click asks again', async () => {
    await click('Forget my consent');
    await click('Comment as me');
    expect(await heading()).toBe('Allow Stale page report to act for you?');
    await click('Not now');
    expect(await heading()).toBe('Access was not allowed');
  });

  test('no page is at fault at any size, in any scheme, and Ctrl-C ends the app', async () => {
    expect(gallery.seen.size).toBe(2);
    expect(gallery.faults).toEqual([]);
    const code = new Promise((resolve) => app.once('close', resolve));
    app.kill('SIGINT');
    expect(await code).toBe(0);
  });
});
