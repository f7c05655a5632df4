import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allow, grant } from './support/grant.js';
import { openPlace, type Place, type WebApp } from './support/web-app.js';

let place: Place;
let app: WebApp;

beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());
beforeEach(async () => {
  place.sandbox.revokeGrants();
  app = await place.start();
});
afterEach(() => app.close());

describe('a page that needs consent', () => {
  it('asks once, and then is there, run by its own handler', async () => {
    const ada = await app.browser('ada');
    const asked = await ada.open(`${app.origin}/me?tab=2`);
    expect(asked.heading).toBe('Allow Stale pages to act for you?');
    expect(asked.text).toContain('read spaces read:space:confluence');
    expect(asked.url.pathname).toMatch(/^\/consent\/ask\/[\w-]{24}$/);
    const page = await grant(ada, place.sandbox);
    expect(page.url.href).toBe(`${app.origin}/me?tab=2`);
    expect(page.heading).toBe('me as Jonas Weber, run 2');
    expect(app.runs.map(({ run }) => run)).toEqual([1, 2]);
    const again = await ada.open(`${app.origin}/me?tab=2`);
    expect(again.heading).toBe('me as Jonas Weber, run 1');
    expect(ada.jar.names().filter((name) => name.includes('consent'))).toEqual([]);
    expect(app.errors).toEqual([]);
  });

  it('says what happened and how to try again after a denial at the server', async () => {
    const ada = await app.browser('ada');
    await ada.open(`${app.origin}/me`);
    await allow(ada, place.sandbox);
    const denied = await ada.click('Deny');
    expect(denied.heading).toBe('Access was not allowed');
    expect(denied.status).toBe(403);
    expect(app.errors).toMatchObject([{ code: 'CONSENT_DENIED' }]);
    expect((await ada.follow('Try again')).heading).toBe('Allow Stale pages to act for you?');
    expect((await grant(ada, place.sandbox)).heading).toBe('me as Jonas Weber, run 2');
  });
});
