import { memoryStorage } from '@tributary/auth-providers';
import type { PendingRecords } from '@tributary/pipeline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser } from './support/browser.js';
import { allow, grant } from './support/grant.js';
import { movableClock } from './support/movable-clock.js';
import { openPlace, type Place, type WebApp } from './support/web-app.js';

let place: Place;
let app: WebApp;
let clock: ReturnType<typeof movableClock>;
/** Called after each change of what is pending. */
let onPendingChange: (() => Promise<void>) | undefined;

const watched = (pending: PendingRecords): PendingRecords => ({
  ...pending,
  async write(...given) {
    await pending.write(...given);
    await onPendingChange?.();
  },
  async delete(id) {
    await pending.delete(id);
    await onPendingChange?.();
  },
});

beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());
beforeEach(async () => {
  place.sandbox.revokeGrants();
  clock = movableClock();
  onPendingChange = undefined;
  const storage = memoryStorage({ clock });
  app = await place.start({
    clock,
    accounts: { priya: place.sandbox.people.reader.accountId },
    storage: { ...storage, pending: watched(storage.pending) },
  });
});
afterEach(() => app.close());

const codes = () => app.errors.map(({ code }) => code);

/** Goes through everything up to the address with the code, and stops there. */
const upToCallback = async (
  browser: Browser,
  path = '/me',
  as: 'editor' | 'reader' = 'editor',
): Promise<URL> => {
  await browser.open(app.origin + path);
  browser.stopAt = (url) => url.pathname === '/consent/callback';
  await allow(browser, place.sandbox, as);
  await browser.click('Accept');
  browser.stopAt = undefined;
  if (browser.stopped === undefined) throw new Error('There was no callback.');
  return browser.stopped;
};

/** How often the sandbox was asked for a token. */
const exchanges = () => place.sandbox.requests.filter(({ path }) => path === '/oauth/token').length;

const grants = async () => {
  const found: unknown[] = [];
  for await (const key of app.client.storage.grants.list({})) found.push(key);
  return found.length;
};

describe('denial', () => {
  it('by "Not now" says what happened and how to try again; reload and back ask nobody', async () => {
    const ada = await app.browser('ada');
    const asked = await ada.open(`${app.origin}/me`);
    const denied = await ada.click('Not now');
    expect(denied).toMatchObject({ status: 403, heading: 'Access was not allowed' });
    expect(denied.text).toContain('To try again, open it again and allow access.');
    expect(codes()).toEqual(['CONSENT_DENIED']);
    expect((await ada.open(denied.url)).heading).toBe('Access was not allowed');
    expect((await ada.open(asked.url)).heading).toBe('Access was not allowed');
    expect(app.runs).toHaveLength(1);
    expect(ada.visited.filter((visit) => visit.includes('/authorize'))).toEqual([]);
    await ada.follow('Try again');
    expect((await grant(ada, place.sandbox)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('is seen whole by a tab that looks at any moment of it', async () => {
    const seen: string[] = [];
    const ada = await app.browser('ada');
    const asked = await ada.open(`${app.origin}/me`);
    const look = async () => {
      const headers = { cookie: ada.jar.header(asked.url) };
      const response = await fetch(asked.url, { redirect: 'manual', headers });
      seen.push(/<h1>(.*)<\/h1>/.exec(await response.text())?.[1] ?? String(response.status));
    };
    onPendingChange = look;
    await ada.click('Not now');
    onPendingChange = undefined;
    expect(seen.length).toBeGreaterThan(1);
    expect(new Set(seen)).toEqual(new Set(['Access was not allowed']));
    expect(codes()).toEqual(['CONSENT_DENIED']);
  });

  it('of what was sent forgets it', async () => {
    const ada = await app.browser('ada');
    await ada.post(`${app.origin}/comment`, new URLSearchParams({ text: 'hello' }), app.origin);
    await allow(ada, place.sandbox);
    const denied = await ada.click('Deny');
    expect(denied.text).toContain('was not carried out and is no longer kept');
    expect(app.done).toEqual([]);
    const id = denied.url.pathname.split('/').at(-1) as string;
    expect((await ada.open(`${app.origin}/consent/resume/${id}`)).status).toBe(410);
    expect(app.done).toEqual([]);
  });
});

describe('too late', () => {
  it('a tab that was closed and comes back an hour later is told so, and asked anew by the app', async () => {
    const ada = await app.browser('ada');
    const asked = await ada.open(`${app.origin}/me`);
    clock.advance(60 * 60_000);
    const back = await ada.open(asked.url);
    expect(back).toMatchObject({ status: 410, heading: 'This request has ended' });
    expect(codes()).toEqual(['CONSENT_TIMEOUT']);
    await ada.open(`${app.origin}/me`);
    expect((await grant(ada, place.sandbox)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('an hour old form starts nothing', async () => {
    const ada = await app.browser('ada');
    await ada.open(`${app.origin}/me`);
    clock.advance(60 * 60_000);
    const page = await ada.click('Allow access');
    expect(page).toMatchObject({ status: 410, heading: 'This request has ended' });
  });

  it('a state that has expired is refused before anything is exchanged', async () => {
    const ada = await app.browser('ada');
    const callback = await upToCallback(ada);
    clock.advance(31 * 60_000);
    const before = exchanges();
    const page = await ada.open(callback);
    expect(page).toMatchObject({ status: 400, heading: 'This answer was not accepted' });
    expect(codes()).toEqual(['CONSENT_CALLBACK']);
    expect(exchanges()).toBe(before);
    expect(await grants()).toBe(0);
  });

  it('an answer may take as long as the question did', async () => {
    const ada = await app.browser('ada');
    await ada.open(`${app.origin}/me`);
    clock.advance(29 * 60_000);
    await allow(ada, place.sandbox);
    clock.advance(29 * 60_000);
    expect((await ada.click('Accept')).heading).toBe('me as Jonas Weber, run 2');
  });
});

describe('a callback', () => {
  it('with a tampered, missing or doubled state is refused', async () => {
    const ada = await app.browser('ada');
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
    const ada = await app.browser('ada');
    const callback = await upToCallback(ada);
    callback.searchParams.set('iss', 'https://evil.example');
    const page = await ada.open(callback);
    expect(page.status).toBe(403);
    expect(page.text).toContain('its iss differs');
    expect(await grants()).toBe(0);
    expect((await grant(ada, place.sandbox)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('that is replayed exchanges nothing and runs nothing again', async () => {
    const ada = await app.browser('ada');
    const callback = await upToCallback(ada, '/comment');
    await ada.open(callback);
    const [before, ran] = [exchanges(), app.done.length];
    const replayed = await ada.open(callback);
    expect(replayed).toMatchObject({ status: 410, heading: 'This request has ended' });
    const elsewhere = await app.browser('ada');
    expect((await elsewhere.open(callback)).status).toBe(410);
    const mallory = await app.browser('mallory');
    expect((await mallory.open(callback)).status).toBe(403);
    expect(exchanges()).toBe(before);
    expect(app.done).toHaveLength(ran);
  });

  it('in another browser of the same user is refused, and the first can still go on', async () => {
    const ada = await app.browser('ada');
    const callback = await upToCallback(ada);
    const other = await app.browser('ada');
    const page = await other.open(callback);
    expect(page).toMatchObject({ status: 403, heading: 'Not accepted' });
    expect(page.text).toContain('another browser');
    expect(await grants()).toBe(0);
    expect((await ada.open(callback)).heading).toBe('me as Jonas Weber, run 2');
  });

  it("of an attacker's consent in the victim's browser is refused (login CSRF)", async () => {
    const mallory = await app.browser('mallory');
    const callback = await upToCallback(mallory);
    const victim = await app.browser('ada');
    await victim.open(`${app.origin}/me`);
    const page = await victim.open(callback);
    expect(page).toMatchObject({ status: 403, heading: 'Not accepted' });
    expect(page.text).toContain('Somebody else was asked');
    expect(codes()).toEqual(['CONSENT_REFUSED']);
    expect(await grants()).toBe(0);
  });

  it("with another's state in one's own browser is refused", async () => {
    const ada = await app.browser('ada');
    const callback = await upToCallback(ada);
    const mallory = await app.browser('mallory');
    const own = await upToCallback(mallory);
    own.searchParams.set('state', callback.searchParams.get('state') ?? '');
    expect((await mallory.open(own)).status).toBe(403);
    expect(await grants()).toBe(0);
  });

  it('after the app user changed in the same browser is refused', async () => {
    const ada = await app.browser('ada');
    const callback = await upToCallback(ada);
    await ada.open(`${app.origin}/sign-in?as=grace`);
    expect((await ada.open(callback)).text).toContain('Somebody else was asked');
    await ada.open(`${app.origin}/sign-out`);
    const nobody = await ada.open(callback);
    expect(nobody).toMatchObject({ status: 403, heading: 'Sign in first' });
    expect(await grants()).toBe(0);
    await ada.open(`${app.origin}/sign-in?as=ada`);
    expect((await ada.open(callback)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('is no good without the cookie, whoever got hold of the addresses', async () => {
    const ada = await app.browser('ada');
    const callback = await upToCallback(ada);
    ada.jar.forget((name) => name.includes('consent'));
    expect((await ada.open(callback)).status).toBe(403);
    expect(await grants()).toBe(0);
  });

  it('that comes after the question was answered in another tab says that it has ended', async () => {
    const ada = await app.browser('ada');
    const first = await upToCallback(ada);
    const asked = `${app.origin}/consent/ask/${idOf(ada.visited)}`;
    const again = await upToCallback(ada, new URL(asked).pathname);
    expect((await ada.open(first)).heading).toBe('me as Jonas Weber, run 2');
    expect(await ada.open(again)).toMatchObject({ status: 410, heading: 'This request has ended' });
    expect(codes()).toEqual(['CONSENT_TIMEOUT']);
  });

  it('that comes after a no in another tab says so, and stores nothing', async () => {
    const ada = await app.browser('ada');
    const callback = await upToCallback(ada);
    await ada.open(`${app.origin}/consent/ask/${idOf(ada.visited)}`);
    await ada.click('Not now');
    expect((await ada.open(callback)).heading).toBe('Access was not allowed');
    expect(codes()).toEqual(['CONSENT_DENIED']);
    expect(await grants()).toBe(0);
  });

  it('is not spent by HEAD or POST', async () => {
    const ada = await app.browser('ada');
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

describe('the wrong account', () => {
  it('is refused with its reason, nothing is stored, and the right one may follow', async () => {
    const priya = await app.browser('priya');
    await priya.open(`${app.origin}/me`);
    const refused = await grant(priya, place.sandbox, 'editor');
    expect(refused.status).toBe(403);
    expect(refused.heading).toContain('Not granted.');
    expect(refused.text).toContain('Another account granted');
    expect(codes()).toEqual(['CONSENT_CALLBACK']);
    expect(await grants()).toBe(0);
    await allow(priya, place.sandbox);
    await priya.click('Log in as somebody else');
    const { email, password } = place.sandbox.people.reader;
    await priya.click('Log in', { email, password });
    expect((await priya.click('Accept')).heading).toBe('me as Priya Nair, run 2');
  });

  it('is also one that grants in a second tab, after the first one told whose it is', async () => {
    const [ada, elsewhere] = [await app.browser('ada'), await app.browser('ada')];
    const [first, second] = [
      await upToCallback(ada),
      await upToCallback(elsewhere, '/other', 'reader'),
    ];
    expect((await ada.open(first)).heading).toBe('me as Jonas Weber, run 2');
    const refused = await elsewhere.open(second);
    expect(refused.text).toContain('Another account granted');
    expect(await grants()).toBe(1);
    expect((await ada.open(`${app.origin}/me`)).heading).toBe('me as Jonas Weber, run 1');
  });
});

describe('impatience', () => {
  it('a double click on Allow access ends in one grant and one page', async () => {
    const ada = await app.browser('ada');
    await ada.open(`${app.origin}/me`);
    const { url, body } = ada.formStep('Allow access');
    const first = fetch(url, {
      method: 'POST',
      body: new URLSearchParams(body),
      redirect: 'manual',
      headers: { cookie: ada.jar.header(url), origin: 'null', 'sec-fetch-site': 'same-origin' },
    });
    const [, page] = await Promise.all([first, grant(ada, place.sandbox)]);
    expect((await first).status).toBe(303);
    expect(page.heading).toBe('me as Jonas Weber, run 2');
    expect(await grants()).toBe(1);
  });

  it('a callback that comes twice at once exchanges once, and neither is an error', async () => {
    const ada = await app.browser('ada');
    const callback = await upToCallback(ada);
    const before = exchanges();
    const [one, two] = await Promise.all(
      [1, 2].map(() =>
        fetch(callback, { redirect: 'manual', headers: { cookie: ada.jar.header(callback) } }),
      ),
    );
    expect([one?.status, two?.status]).toEqual([303, 303]);
    expect(exchanges()).toBe(before + 1);
    expect((await ada.open(callback)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('two tabs are asked by two pages, and one answer is enough for both', async () => {
    const ada = await app.browser('ada');
    const first = await ada.open(`${app.origin}/me`);
    const second = await ada.open(`${app.origin}/other`);
    await ada.open(first.url);
    expect((await grant(ada, place.sandbox)).heading).toBe('me as Jonas Weber, run 2');
    const before = ada.visited.length;
    expect((await ada.open(second.url)).heading).toBe('other as Jonas Weber, run 2');
    expect(ada.visited.slice(before)).toEqual([`GET ${second.url.pathname}`, 'GET /other']);
  });

  it('the form of a second tab knows of the answer in the first', async () => {
    const [ada, before] = [await app.browser('ada'), exchanges()];
    await ada.open(`${app.origin}/me`);
    const { url, body } = ada.formStep('Allow access');
    await ada.open(`${app.origin}/other`);
    await grant(ada, place.sandbox);
    const late = await ada.post(url, new URLSearchParams(body), app.origin);
    expect(late.heading).toBe('me as Jonas Weber, run 2');
    expect(exchanges()).toBe(before + 1);
  });

  it('the back button over the whole way changes nothing', async () => {
    const ada = await app.browser('ada');
    const asked = await ada.open(`${app.origin}/me`);
    await grant(ada, place.sandbox);
    const ours = ada.visited.length;
    expect((await ada.open(asked.url)).status).toBe(410);
    expect((await ada.open(`${app.origin}/me`)).heading).toBe('me as Jonas Weber, run 1');
    expect(ada.visited.slice(ours)).toHaveLength(2);
    expect(await grants()).toBe(1);
  });
});

describe('the exchange', () => {
  it('that fails says so, stores nothing, and may be tried again', async () => {
    const ada = await app.browser('ada');
    const callback = await upToCallback(ada);
    place.sandbox.failNext({ status: 500, listener: 'auth', pathIncludes: '/oauth/token' });
    const failed = await ada.open(callback);
    expect(failed.status).toBe(403);
    expect(failed.heading).toContain('Not granted.');
    expect(codes()).toEqual(['AUTHORIZATION_SERVER']);
    expect(await grants()).toBe(0);
    expect((await grant(ada, place.sandbox)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('that takes a while is waited for, and the button is not offered again meanwhile', async () => {
    const ada = await app.browser('ada');
    const callback = await upToCallback(ada);
    place.sandbox.failNext({ delayMs: 150, listener: 'auth', pathIncludes: '/oauth/token' });
    const cookie = ada.jar.header(callback);
    const first = fetch(callback, { redirect: 'manual', headers: { cookie } });
    const before = exchanges();
    while (exchanges() === before) await new Promise((resolve) => setImmediate(resolve));
    const waiting = await ada.open(callback);
    expect(waiting).toMatchObject({ status: 202, heading: 'One moment' });
    expect(waiting.url.pathname).toBe(`/consent/ask/${idOf(ada.visited)}`);
    await first;
    expect((await ada.follow('Continue')).heading).toBe('me as Jonas Weber, run 2');
  });
});

describe('the Allow button', () => {
  it('wants the token of its own page and browser', async () => {
    const ada = await app.browser('ada');
    const asked = await ada.open(`${app.origin}/me`);
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
    const ada = await app.browser('ada');
    const asked = await ada.open(`${app.origin}/me`);
    const mallory = await app.browser('mallory');
    await mallory.open(`${app.origin}/me`);
    const { body } = mallory.formStep('Allow access');
    const page = await ada.post(asked.url, new URLSearchParams(body), asked.url);
    expect(page.status).toBe(403);
    expect((await mallory.open(asked.url)).text).toContain('Somebody else was asked');
  });

  it('is not shown in another browser, nor to nobody', async () => {
    const ada = await app.browser('ada');
    const asked = await ada.open(`${app.origin}/me`);
    const other = await app.browser('ada');
    expect((await other.open(asked.url)).text).toContain('another browser');
    const nobody = await app.browser();
    expect(await nobody.open(asked.url)).toMatchObject({ status: 403, heading: 'Sign in first' });
    expect((await ada.open(asked.url)).heading).toBe('Allow Stale pages to act for you?');
  });
});

describe('every page', () => {
  it('is kept nowhere, framed nowhere, runs nothing and tells nobody where it was', async () => {
    const ada = await app.browser('ada');
    const asked = await ada.open(`${app.origin}/me`);
    const others = ['/consent/callback?state=x', '/consent/nothing', '/consent/required'];
    for (const url of [asked.url, ...others.map((path) => new URL(path, app.origin))]) {
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

const idOf = (visited: readonly string[]): string =>
  visited
    .findLast((visit) => visit.includes('/consent/ask/'))
    ?.split('/')
    .at(-1) ?? '';
