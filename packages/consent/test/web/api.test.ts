import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { grant } from './support/grant.js';
import { movableClock } from './support/movable-clock.js';
import { openPlace, type Place, type WebApp } from './support/web-app.js';

let place: Place;
let app: WebApp;
let clock: ReturnType<typeof movableClock>;

beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());
beforeEach(async () => {
  place.sandbox.revokeGrants();
  clock = movableClock();
  app = await place.start({ clock });
});
afterEach(() => app.close());

/** As a script of the app's page, or a program with its session. */
const call = (path = '/api/me', init: RequestInit & { headers?: Record<string, string> } = {}) =>
  fetch(app.origin + path, {
    redirect: 'manual',
    ...init,
    headers: { accept: 'application/json', cookie: 'session=ada', ...init.headers },
  });

const problemOf = async (response: Response) =>
  (await response.json()) as Readonly<Record<string, unknown>> & { readonly consentUrl: string };

describe('a request of a program', () => {
  it('gets a 401 with a problem and a challenge, and works after the consent', async () => {
    const response = await call();
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.getSetCookie()).toEqual([]);
    const problem = await problemOf(response);
    expect(problem).toMatchObject({
      type: `${app.origin}/consent/required`,
      title: 'Consent needed',
      status: 401,
      scopes: expect.arrayContaining(['read:space:confluence', 'read:confluence-user']),
    });
    expect(problem.consentUrl.startsWith(`${app.origin}/consent/ask/`)).toBe(true);
    expect(Date.parse(String(problem.expiresAt))).toBeGreaterThan(Date.now());
    // One challenge: a scheme and quoted parameters (RFC 9110, section 11.6.1).
    expect(response.headers.get('www-authenticate')).toBe(
      `Consent realm="${place.sandbox.siteUrl}/", uri="${problem.consentUrl}"`,
    );
    const ada = await app.browser('ada');
    expect((await ada.open(String(problem.type))).heading).toBe('Consent needed');
    await ada.open(problem.consentUrl);
    expect((await grant(ada, place.sandbox)).heading).toBe('Access allowed');
    const again = await call();
    expect([again.status, await again.text()]).toEqual([
      200,
      expect.stringContaining('api as Jonas Weber, run 1'),
    ]);
  });

  it('of which several come at once are answered with one page, and one grant is enough', async () => {
    const answers = await Promise.all(Array.from({ length: 6 }, () => call()));
    const urls = await Promise.all(
      answers.map(async (answer) => (await problemOf(answer)).consentUrl),
    );
    expect(new Set(urls).size).toBe(1);
    expect((await problemOf(await call())).consentUrl).toBe(urls[0]);
    const ada = await app.browser('ada');
    await ada.open(urls[0] ?? '');
    await grant(ada, place.sandbox);
    expect((await call()).status).toBe(200);
  });

  it('is asked for anew by a page of its own when the grant is gone again', async () => {
    const first = await problemOf(await call());
    const ada = await app.browser('ada');
    await ada.open(first.consentUrl);
    await grant(ada, place.sandbox);
    place.sandbox.revokeGrants();
    const second = await problemOf(await call());
    expect(second.consentUrl).not.toBe(first.consentUrl);
    await ada.open(second.consentUrl);
    expect((await grant(ada, place.sandbox)).heading).toBe('Access allowed');
    expect((await call()).status).toBe(200);
  });

  it('takes the person back to the page that it was made from', async () => {
    const referer = `${app.origin}/board?id=4`;
    const { consentUrl } = await problemOf(await call('/api/me', { headers: { referer } }));
    const ada = await app.browser('ada');
    await ada.open(consentUrl);
    expect((await grant(ada, place.sandbox)).url.href).toBe(referer);
  });

  it('may say where the person goes back to, within the app', async () => {
    const { consentUrl } = await problemOf(await call());
    const ada = await app.browser('ada');
    await ada.open(`${consentUrl}?return=${encodeURIComponent('/board?id=5')}`);
    expect((await grant(ada, place.sandbox)).url.href).toBe(`${app.origin}/board?id=5`);
  });

  it.each(['https://evil.example/', '//evil.example', '/\\evil.example', '/%09/evil.example'])(
    'leads nobody away: return=%s',
    async (target) => {
      const { consentUrl } = await problemOf(await call());
      const ada = await app.browser('ada');
      await ada.open(`${consentUrl}?return=${encodeURIComponent(target)}`);
      const end = await grant(ada, place.sandbox);
      expect(end).toMatchObject({ heading: 'Access allowed', status: 200 });
      expect(end.url.origin).toBe(app.origin);
    },
  );

  it('with a body is not kept: its client sends it again', async () => {
    const init = {
      method: 'POST',
      body: '{"text":"hello"}',
      headers: { 'content-type': 'application/json' },
    };
    const { consentUrl } = await problemOf(await call('/comment', init));
    const ada = await app.browser('ada');
    await ada.open(consentUrl);
    await grant(ada, place.sandbox);
    expect(app.done).toEqual([]);
    expect((await call('/comment', init)).status).toBe(200);
    expect(app.done).toMatchObject([{ body: '{"text":"hello"}', run: 1 }]);
  });

  it('is answered so for HEAD too, without a body', async () => {
    const response = await call('/api/me', { method: 'HEAD', headers: { accept: 'text/html' } });
    expect([response.status, await response.text()]).toEqual([401, '']);
  });

  it.each([
    ['*/*', 401],
    ['', 401],
    ['application/json, text/html;q=0.5', 401],
    ['text/html;q=0, */*', 401],
    ['text/html', 303],
    ['text/html, application/json;q=0.9', 303],
    ['application/xhtml+xml', 303],
  ])('is told from a person by its Accept: %s', async (accept, status) => {
    expect((await call('/me', { headers: { accept } })).status).toBe(status);
  });
});

describe('the page of a program', () => {
  it('is there until the moment that the problem names, and no longer', async () => {
    const { consentUrl, expiresAt } = await problemOf(await call());
    const ada = await app.browser('ada');
    clock.advance(Date.parse(String(expiresAt)) - clock.now() - 60_000);
    expect((await ada.open(consentUrl)).heading).toBe('Allow Stale pages to act for you?');
    clock.advance(60_000);
    expect((await ada.open(consentUrl)).heading).toBe('This request has ended');
  });

  it('belongs to the browser that opens it first for an answer', async () => {
    const { consentUrl } = await problemOf(await call());
    const ada = await app.browser('ada');
    await ada.open(consentUrl);
    const { body, url } = ada.formStep('Allow access');
    const other = await app.browser('ada');
    expect((await other.post(url, new URLSearchParams(body), url)).status).toBe(403);
    // Opened there, it has a form of its own.
    await other.open(consentUrl);
    expect((await grant(other, place.sandbox)).heading).toBe('Access allowed');
  });

  it('says of a denial where to go on', async () => {
    const referer = `${app.origin}/board`;
    const { consentUrl } = await problemOf(await call('/api/me', { headers: { referer } }));
    const ada = await app.browser('ada');
    await ada.open(consentUrl);
    const denied = await ada.click('Not now');
    expect(denied.text).toContain('go back and do it again');
    expect((await ada.follow('Go back')).url.href).toBe(referer);
    expect((await problemOf(await call())).consentUrl).not.toBe(consentUrl);
  });
});
