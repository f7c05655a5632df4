import { route } from '@tributary/route';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rejectionOf } from '../support/outcome.js';
import type { Browser } from './support/browser.js';
import { grant } from './support/grant.js';
import { openPlace, type Place, type WebApp } from './support/web-app.js';

let place: Place;
let app: WebApp;

beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());
beforeEach(async () => {
  place.sandbox.revokeGrants();
  app = await place.start({ scopes: ['read:confluence-user'], incremental: true });
});
afterEach(() => app.close());

const request = (browser: Browser) =>
  new Request(`${app.origin}/spaces`, {
    headers: { accept: 'text/html', cookie: browser.jar.header(new URL(app.origin)) },
  });

/** Needs a scope that the app doesn't ask for at first. */
const spaces = () => app.pages.boundary(() => app.client.get(route`/wiki/api/v2/spaces`));

/** What the browser does with the boundary's answer, up to where it is sent back. */
const goTo = (browser: Browser, response: Response) => {
  browser.jar.store(new URL(app.origin), response.headers);
  browser.stopAt = (url) => url.pathname === '/spaces';
  return browser.open(response.headers.get('location') ?? '');
};

describe('a call that needs more than was granted', () => {
  it('asks again for all of it, and the page marks what is new', async () => {
    const ada = await app.browser('ada');
    await ada.open(`${app.origin}/me`);
    await grant(ada, place.sandbox);
    const asked = await goTo(ada, await spaces()(request(ada)));
    expect(asked.html).toContain('<span class="new">New:</span> read spaces');
    expect(asked.html).toContain('<code>read:confluence-user</code>');
    expect(asked.html.match(/New:/g)).toHaveLength(1);
    await grant(ada, place.sandbox);
    const answer = await spaces()(request(ada));
    expect(answer.status).toBe(200);
    expect((await ada.open(`${app.origin}/me`)).heading).toBe('me as Jonas Weber, run 1');
  });

  it('keeps the earlier grant when the person denies', async () => {
    const ada = await app.browser('ada');
    await ada.open(`${app.origin}/me`);
    await grant(ada, place.sandbox);
    await goTo(ada, await spaces()(request(ada)));
    expect((await ada.click('Not now')).heading).toBe('Access was not allowed');
    expect((await ada.open(`${app.origin}/me`)).heading).toBe('me as Jonas Weber, run 1');
  });

  it('ends with CONSENT_ROUNDS where the server leaves out what was asked for', async () => {
    // The sandbox's OAuth server does not know this scope, and leaves it out in silence.
    place.sandbox.failNext({
      times: 2,
      status: 401,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: 401, message: 'Unauthorized; scope does not match' }),
      listener: 'gateway',
      pathIncludes: '/whiteboards',
    });
    const whiteboard = app.pages.boundary(() =>
      app.client.get(route`/wiki/api/v2/whiteboards/${1}`),
    );
    const ada = await app.browser('ada');
    await ada.open(`${app.origin}/me`);
    await grant(ada, place.sandbox);
    const asked = await goTo(ada, await whiteboard(request(ada)));
    expect(asked.html).toContain('<span class="new">New:</span> read whiteboards');
    await grant(ada, place.sandbox);
    expect(await rejectionOf(whiteboard(request(ada)))).toMatchObject({
      code: 'CONSENT_ROUNDS',
      message: expect.stringContaining('the grant still lacks it'),
    });
  });
});
