import { describe, expect, it } from 'vitest';
import { grant } from './support/grant.js';
import { consentIdOf, watchPlace } from './support/watched-place.js';

const watched = watchPlace();
const { codes, exchanges, grants, upToCallback } = watched;

describe('a callback', () => {
  it('with a tampered, missing or doubled state is refused', async () => {
    const ada = await watched.app.browser('ada');
    const callback = await upToCallback(ada);
    const before = exchanges();
    const wrong = [
      (url: URL) => url.searchParams.set('state', 'x'.repeat(43)),
      (url: URL) => url.searchParams.delete('state'),
      (url: URL) => url.searchParams.append('state', callback.searchParams.get('state') ?? ''),
    ];
    for (const tamper of wrong) {
      const url = new URL(callback);
      tamper(url);
      const page = await ada.open(url);
      expect(page).toMatchObject({ status: 400, heading: 'This answer was not accepted' });
    }
    expect(codes()).toEqual(['CONSENT_CALLBACK', 'CONSENT_CALLBACK', 'CONSENT_CALLBACK']);
    expect(exchanges()).toBe(before);
    // The real one was not spent by them.
    expect((await ada.open(callback)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('with the iss of another server is refused, and the person may try again', async () => {
    const ada = await watched.app.browser('ada');
    const callback = await upToCallback(ada);
    callback.searchParams.set('iss', 'https://evil.example');
    const page = await ada.open(callback);
    expect(page.status).toBe(403);
    expect(page.text).toContain('its iss differs');
    expect(await grants()).toBe(0);
    expect((await grant(ada, watched.place.sandbox)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('that is replayed exchanges nothing and runs nothing again', async () => {
    const ada = await watched.app.browser('ada');
    const callback = await upToCallback(ada, '/comment');
    await ada.open(callback);
    const [before, ran] = [exchanges(), watched.app.done.length];
    const replayed = await ada.open(callback);
    expect(replayed).toMatchObject({ status: 410, heading: 'This request has ended' });
    const elsewhere = await watched.app.browser('ada');
    expect((await elsewhere.open(callback)).status).toBe(410);
    const mallory = await watched.app.browser('mallory');
    expect((await mallory.open(callback)).status).toBe(403);
    expect(exchanges()).toBe(before);
    expect(watched.app.done).toHaveLength(ran);
  });

  it('in another browser of the same user is refused, and the first can still go on', async () => {
    const ada = await watched.app.browser('ada');
    const callback = await upToCallback(ada);
    const other = await watched.app.browser('ada');
    const page = await other.open(callback);
    expect(page).toMatchObject({ status: 403, heading: 'Not accepted' });
    expect(page.text).toContain('another browser');
    expect(await grants()).toBe(0);
    expect((await ada.open(callback)).heading).toBe('me as Jonas Weber, run 2');
  });

  it("of an attacker's consent in the victim's browser is refused (login CSRF)", async () => {
    const mallory = await watched.app.browser('mallory');
    const callback = await upToCallback(mallory);
    const victim = await watched.app.browser('ada');
    await victim.open(`${watched.app.origin}/me`);
    const page = await victim.open(callback);
    expect(page).toMatchObject({ status: 403, heading: 'Not accepted' });
    expect(page.text).toContain('Somebody else was asked');
    expect(codes()).toEqual(['CONSENT_REFUSED']);
    expect(await grants()).toBe(0);
  });

  it("with another's state in one's own browser is refused", async () => {
    const ada = await watched.app.browser('ada');
    const callback = await upToCallback(ada);
    const mallory = await watched.app.browser('mallory');
    const own = await upToCallback(mallory);
    own.searchParams.set('state', callback.searchParams.get('state') ?? '');
    expect((await mallory.open(own)).status).toBe(403);
    expect(await grants()).toBe(0);
  });

  it('after the app user changed in the same browser is refused', async () => {
    const ada = await watched.app.browser('ada');
    const callback = await upToCallback(ada);
    await ada.open(`${watched.app.origin}/sign-in?as=grace`);
    expect((await ada.open(callback)).text).toContain('Somebody else was asked');
    await ada.open(`${watched.app.origin}/sign-out`);
    const nobody = await ada.open(callback);
    expect(nobody).toMatchObject({ status: 403, heading: 'Sign in first' });
    expect(await grants()).toBe(0);
    await ada.open(`${watched.app.origin}/sign-in?as=ada`);
    expect((await ada.open(callback)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('is no good without the cookie, whoever got hold of the addresses', async () => {
    const ada = await watched.app.browser('ada');
    const callback = await upToCallback(ada);
    ada.jar.forget((name) => name.includes('consent'));
    expect((await ada.open(callback)).status).toBe(403);
    expect(await grants()).toBe(0);
  });

  it('that comes after the question was answered in another tab says that it has ended', async () => {
    const ada = await watched.app.browser('ada');
    const first = await upToCallback(ada);
    const asked = `${watched.app.origin}/consent/ask/${consentIdOf(ada)}`;
    const again = await upToCallback(ada, new URL(asked).pathname);
    expect((await ada.open(first)).heading).toBe('me as Jonas Weber, run 2');
    expect(await ada.open(again)).toMatchObject({ status: 410, heading: 'This request has ended' });
    expect(codes()).toEqual(['CONSENT_TIMEOUT']);
  });

  it('that comes after a no in another tab says so, and stores nothing', async () => {
    const ada = await watched.app.browser('ada');
    const callback = await upToCallback(ada);
    await ada.open(`${watched.app.origin}/consent/ask/${consentIdOf(ada)}`);
    await ada.click('Not now');
    expect((await ada.open(callback)).heading).toBe('Access was not allowed');
    expect(codes()).toEqual(['CONSENT_DENIED']);
    expect(await grants()).toBe(0);
  });

  it('is not spent by HEAD or POST', async () => {
    const ada = await watched.app.browser('ada');
    const callback = await upToCallback(ada);
    for (const method of ['HEAD', 'POST']) {
      const cookie = ada.jar.header(callback);
      const response = await fetch(callback, { method, headers: { cookie } });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET']);
      await response.body?.cancel();
    }
    expect((await ada.open(callback)).heading).toBe('me as Jonas Weber, run 2');
  });
});

describe('the Allow button', () => {
  it('wants the token of its own page and browser', async () => {
    const ada = await watched.app.browser('ada');
    const asked = await ada.open(`${watched.app.origin}/me`);
    const { body } = ada.formStep('Allow access');
    const token = new URLSearchParams(body).get('token') ?? '';
    const send = (fields: Record<string, string>, from: string | URL = asked.url) =>
      ada.post(asked.url, new URLSearchParams({ answer: 'allow', ...fields }), from);
    expect((await send({})).status).toBe(403);
    expect((await send({ token: `${token.slice(1)}x` })).status).toBe(403);
    expect((await send({ token }, 'https://evil.example/')).status).toBe(403);
    const json = await ada.post(asked.url, `{"token":"${token}"}`, asked.url, 'application/json');
    expect(json.status).toBe(403);
    expect(new Set(codes())).toEqual(new Set(['CONSENT_REFUSED']));
    expect(ada.visited.filter((visit) => visit.includes('/authorize'))).toEqual([]);
  });

  it("of one's own consent is no good for another's", async () => {
    const ada = await watched.app.browser('ada');
    const asked = await ada.open(`${watched.app.origin}/me`);
    const mallory = await watched.app.browser('mallory');
    await mallory.open(`${watched.app.origin}/me`);
    const { body } = mallory.formStep('Allow access');
    const page = await ada.post(asked.url, new URLSearchParams(body), asked.url);
    expect(page.status).toBe(403);
    expect((await mallory.open(asked.url)).text).toContain('Somebody else was asked');
  });

  it('is not shown in another browser, nor to nobody', async () => {
    const ada = await watched.app.browser('ada');
    const asked = await ada.open(`${watched.app.origin}/me`);
    const other = await watched.app.browser('ada');
    expect((await other.open(asked.url)).text).toContain('another browser');
    const nobody = await watched.app.browser();
    expect(await nobody.open(asked.url)).toMatchObject({ status: 403, heading: 'Sign in first' });
    expect((await ada.open(asked.url)).heading).toBe('Allow Stale pages to act for you?');
  });
});

describe('every page', () => {
  it('is kept nowhere, framed nowhere, runs nothing and tells nobody where it was', async () => {
    const ada = await watched.app.browser('ada');
    const asked = await ada.open(`${watched.app.origin}/me`);
    const others = ['/consent/callback?state=x', '/consent/nothing', '/consent/required'];
    for (const url of [asked.url, ...others.map((path) => new URL(path, watched.app.origin))]) {
      const { headers, html } = await ada.open(url);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("base-uri 'none'");
      expect(policy).not.toContain('unsafe');
      expect(policy).not.toContain('script-src');
      expect(html).not.toMatch(/<script|javascript:|\son\w+=/i);
    }
  });
});
