import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BrowserCookies, newCookie } from '../../src/web/browser-cookie.js';
import { newId } from '../../src/web/tokens.js';
import { CookieJar } from './support/cookie-jar.js';
import { grant } from './support/grant.js';
import { openPlace, type Place, type WebApp } from './support/web-app.js';

let place: Place;
let app: WebApp;

beforeAll(async () => {
  place = await openPlace();
  app = await place.start();
});
afterAll(async () => {
  await app.close();
  await place.close();
});

const ours = (lines: readonly string[]) => lines.filter((line) => line.includes('consent'));

describe('the cookie of a pending consent', () => {
  it('is bound to the host, out of the reach of scripts, and named by the consent', async () => {
    const ada = await app.browser('ada');
    const asked = await ada.open(`${app.origin}/me`);
    const id = asked.url.pathname.split('/').at(-1);
    const { port } = new URL(app.origin);
    const value = '=a\\.[0-9a-z]+\\.[\\w-]{43}';
    const attributes = '; Path=/; Max-Age=1800; HttpOnly; SameSite=Lax';
    const [secure = '', plain = '', ...more] = ours(ada.jar.lines());
    expect(secure).toMatch(new RegExp(`^__Host-consent-${id}${value}${attributes}; Secure$`));
    expect(plain).toMatch(new RegExp(`^consent-${port}-${id}${value}${attributes}$`));
    expect(more).toEqual([]);
  });

  it('is set Secure only where the origin is https', () => {
    const cookies = new BrowserCookies({ plainPort: undefined, timeout: 60_000 });
    const headers = new Headers();
    const cookie = newCookie(newId(), 0);
    cookies.set(headers, new Request('https://app.example.com'), cookie);
    expect(headers.getSetCookie()).toEqual([
      `__Host-consent-${cookie.id}=a.0.${cookie.secret}; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure`,
    ]);
    const plain = new Request('https://app.example.com', {
      headers: { cookie: `consent-443-${cookie.id}=a.0.${cookie.secret}` },
    });
    expect(cookies.all(plain)).toEqual([]);
  });

  it('works in a browser that refuses Secure over http', async () => {
    place.sandbox.revokeGrants();
    const ada = await app.browser();
    const safari = new CookieJar({ refusesSecure: true });
    Object.assign(ada, { jar: safari });
    await ada.open(`${app.origin}/sign-in?as=grace`);
    await ada.open(`${app.origin}/me`);
    expect(safari.names().filter((name) => name.startsWith('__Host-'))).toEqual([]);
    expect((await grant(ada, place.sandbox)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('is one per consent, and the oldest give way', async () => {
    const cookies = new BrowserCookies({ plainPort: undefined, timeout: 60_000 });
    const jar = new CookieJar();
    const url = new URL('https://app.example.com');
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) {
      const headers = new Headers();
      const cookie = newCookie(newId(), count * 1_000);
      ids.push(cookie.id);
      cookies.set(headers, new Request(url, { headers: { cookie: jar.header(url) } }), cookie);
      jar.store(url, headers);
    }
    expect(jar.names()).toEqual(ids.slice(-8).map((id) => `__Host-consent-${id}`));
  });

  it('is read only where it is whole', () => {
    const cookies = new BrowserCookies({ plainPort: '80', timeout: 60_000 });
    const { id, secret } = newCookie(newId(), 0);
    const read = (header: string) =>
      cookies.all(new Request('http://localhost', { headers: { cookie: header } }));
    expect(read(`__Host-consent-${id}=a.1.${secret}`)).toHaveLength(1);
    for (const wrong of [
      `__Host-consent-${id}=x.1.${secret}`,
      `__Host-consent-${id}=a.1.${secret}x`,
      `__Host-consent-${id}=a.-1.${secret}`,
      `__Host-consent-${id}x=a.1.${secret}`,
      `__Host-consent-${id}`,
      `__host-consent-${id}=a.1.${secret}`,
      ';;=;',
    ]) {
      expect(read(wrong)).toEqual([]);
    }
  });

  it('of the Secure kind is believed before its plain double', () => {
    const cookies = new BrowserCookies({ plainPort: '80', timeout: 60_000 });
    const [real, other] = [newCookie(newId(), 0), newCookie(newId(), 0)];
    const header = `consent-80-${real.id}=a.1.${other.secret}; __Host-consent-${real.id}=a.1.${real.secret}`;
    const request = new Request('http://localhost', { headers: { cookie: header } });
    expect(cookies.find(request, real.id)?.secret).toBe(real.secret);
  });
});

it('one user keeps no more than a few consents waiting, and the oldest give way', async () => {
  const ada = await app.browser('charles');
  const asked = await ada.open(`${app.origin}/me`);
  const cookie = 'session=charles';
  for (let count = 0; count < 16; count += 1) {
    const headers = { accept: 'text/html', cookie };
    const response = await fetch(`${app.origin}/me`, { redirect: 'manual', headers });
    expect(response.status).toBe(303);
  }
  expect((await ada.open(asked.url)).heading).toBe('This request has ended');
});

it('what a person sent is pushed out by no program that asks for them', async () => {
  place.sandbox.revokeGrants();
  const ada = await app.browser('betty');
  await ada.post(`${app.origin}/comment`, new URLSearchParams({ text: 'x' }), app.origin);
  for (let count = 0; count < 20; count += 1) {
    const referer = `${app.origin}/board?id=${count}`;
    const headers = { accept: 'application/json', cookie: 'session=betty', referer };
    expect((await fetch(`${app.origin}/api/me`, { headers })).status).toBe(401);
  }
  expect((await grant(ada, place.sandbox)).heading).toBe('comment as Jonas Weber, run 2');
});
