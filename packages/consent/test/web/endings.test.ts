import { ConsentError } from '@tributary/pipeline';
import { describe, expect, it } from 'vitest';
import { allow, grant } from './support/grant.js';
import { consentIdOf, watchPlace } from './support/watched-place.js';

const watched = watchPlace();
const { clock, codes, exchanges, grants, upToCallback } = watched;

describe('denial', () => {
  it('by "Not now" says what happened and how to try again; reload and back ask nobody', async () => {
    const ada = await watched.app.browser('ada');
    const asked = await ada.open(`${watched.app.origin}/me`);
    const denied = await ada.click('Not now');
    expect(denied).toMatchObject({ status: 403, heading: 'Access was not allowed' });
    expect(denied.text).toContain('To try again, open it again and allow access.');
    expect(codes()).toEqual(['CONSENT_DENIED']);
    expect((await ada.open(denied.url)).heading).toBe('Access was not allowed');
    expect((await ada.open(asked.url)).heading).toBe('Access was not allowed');
    expect(watched.app.runs).toHaveLength(1);
    expect(ada.visited.filter((visit) => visit.includes('/authorize'))).toEqual([]);
    await ada.follow('Try again');
    expect((await grant(ada, watched.place.sandbox)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('is seen whole by a tab that looks at any moment of it', async () => {
    const seen: string[] = [];
    const ada = await watched.app.browser('ada');
    const asked = await ada.open(`${watched.app.origin}/me`);
    const look = async () => {
      const headers = { cookie: ada.jar.header(asked.url) };
      const response = await fetch(asked.url, { redirect: 'manual', headers });
      seen.push(/<h1>(.*)<\/h1>/.exec(await response.text())?.[1] ?? String(response.status));
    };
    watched.onPendingChange = look;
    await ada.click('Not now');
    watched.onPendingChange = undefined;
    expect(seen.length).toBeGreaterThan(1);
    expect(new Set(seen)).toEqual(new Set(['Access was not allowed']));
    expect(codes()).toEqual(['CONSENT_DENIED']);
  });

  it('of what was sent forgets it', async () => {
    const ada = await watched.app.browser('ada');
    await ada.post(
      `${watched.app.origin}/comment`,
      new URLSearchParams({ text: 'hello' }),
      watched.app.origin,
    );
    await allow(ada, watched.place.sandbox);
    const denied = await ada.click('Deny');
    expect(denied.text).toContain('was not carried out and is no longer kept');
    expect(watched.app.done).toEqual([]);
    const id = denied.url.pathname.split('/').at(-1) as string;
    expect((await ada.open(`${watched.app.origin}/consent/resume/${id}`)).status).toBe(410);
    expect(watched.app.done).toEqual([]);
  });
});

describe('too late', () => {
  it('a tab that was closed and comes back an hour later is told so, and asked anew by the app', async () => {
    const ada = await watched.app.browser('ada');
    const asked = await ada.open(`${watched.app.origin}/me`);
    clock.advance(60 * 60_000);
    const back = await ada.open(asked.url);
    expect(back).toMatchObject({ status: 410, heading: 'This request has ended' });
    expect(codes()).toEqual(['CONSENT_TIMEOUT']);
    await ada.open(`${watched.app.origin}/me`);
    expect((await grant(ada, watched.place.sandbox)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('an hour old form starts nothing', async () => {
    const ada = await watched.app.browser('ada');
    await ada.open(`${watched.app.origin}/me`);
    clock.advance(60 * 60_000);
    const page = await ada.click('Allow access');
    expect(page).toMatchObject({ status: 410, heading: 'This request has ended' });
  });

  it('a state that has expired is refused before anything is exchanged', async () => {
    const ada = await watched.app.browser('ada');
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
    const ada = await watched.app.browser('ada');
    await ada.open(`${watched.app.origin}/me`);
    clock.advance(29 * 60_000);
    await allow(ada, watched.place.sandbox);
    clock.advance(29 * 60_000);
    expect((await ada.click('Accept')).heading).toBe('me as Jonas Weber, run 2');
  });
});

describe('the wrong account', () => {
  it('is refused with its reason, nothing is stored, and the right one may follow', async () => {
    const priya = await watched.app.browser('priya');
    await priya.open(`${watched.app.origin}/me`);
    const refused = await grant(priya, watched.place.sandbox, 'editor');
    expect(refused.status).toBe(403);
    expect(refused.heading).toContain('Not granted.');
    expect(refused.text).toContain('Another account granted');
    expect(codes()).toEqual(['CONSENT_CALLBACK']);
    expect(await grants()).toBe(0);
    await allow(priya, watched.place.sandbox);
    await priya.click('Log in as somebody else');
    const { email, password } = watched.place.sandbox.people.reader;
    await priya.click('Log in', { email, password });
    expect((await priya.click('Accept')).heading).toBe('me as Priya Nair, run 2');
  });

  it('is also one that grants in a second tab, after the first one told whose it is', async () => {
    const [ada, elsewhere] = [await watched.app.browser('ada'), await watched.app.browser('ada')];
    const [first, second] = [
      await upToCallback(ada),
      await upToCallback(elsewhere, '/other', 'reader'),
    ];
    expect((await ada.open(first)).heading).toBe('me as Jonas Weber, run 2');
    const refused = await elsewhere.open(second);
    expect(refused.text).toContain('Another account granted');
    expect(await grants()).toBe(1);
    expect((await ada.open(`${watched.app.origin}/me`)).heading).toBe('me as Jonas Weber, run 1');
  });
});

describe('the exchange', () => {
  it('that fails says so, stores nothing, and may be tried again', async () => {
    const ada = await watched.app.browser('ada');
    const callback = await upToCallback(ada);
    watched.place.sandbox.failNext({ status: 500, listener: 'auth', pathIncludes: '/oauth/token' });
    const failed = await ada.open(callback);
    expect(failed.status).toBe(403);
    expect(failed.heading).toContain('Not granted.');
    expect(codes()).toEqual(['AUTHORIZATION_SERVER']);
    expect(await grants()).toBe(0);
    expect((await grant(ada, watched.place.sandbox)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('that takes a while is waited for, and the button is not offered again meanwhile', async () => {
    const ada = await watched.app.browser('ada');
    const callback = await upToCallback(ada);
    watched.place.sandbox.failNext({
      delayMs: 150,
      listener: 'auth',
      pathIncludes: '/oauth/token',
    });
    const cookie = ada.jar.header(callback);
    const first = fetch(callback, { redirect: 'manual', headers: { cookie } });
    const before = exchanges();
    while (exchanges() === before) await new Promise((resolve) => setImmediate(resolve));
    const waiting = await ada.open(callback);
    expect(waiting).toMatchObject({ status: 202, heading: 'One moment' });
    expect(waiting.url.pathname).toBe(`/consent/ask/${consentIdOf(ada)}`);
    await first;
    expect((await ada.follow('Continue')).heading).toBe('me as Jonas Weber, run 2');
  });
});

describe('a store that is down', () => {
  it('gets a page that says so, and the same address works when it is up again', async () => {
    const ada = await watched.app.browser('ada');
    const callback = await upToCallback(ada);
    for (const url of [callback, `${watched.app.origin}/consent/ask/${consentIdOf(ada)}`]) {
      watched.failure = new ConsentError(
        'CONSENT_UNAVAILABLE',
        'The database told its password: hunter2',
      );
      const page = await ada.open(url);
      expect(page).toMatchObject({ status: 503, heading: 'This did not work just now' });
      expect(page.headers.get('cache-control')).toBe('no-store');
      expect(page.html).not.toContain('hunter2');
    }
    watched.failure = undefined;
    expect(codes()).toEqual(['CONSENT_UNAVAILABLE', 'CONSENT_UNAVAILABLE']);
    expect((await ada.open(callback)).heading).toBe('me as Jonas Weber, run 2');
  });

  it('hides no mistake of the app', async () => {
    const ada = await watched.app.browser('ada');
    watched.failure = new TypeError('a mistake');
    expect((await ada.open(`${watched.app.origin}/consent/ask/${'x'.repeat(24)}`)).status).toBe(
      500,
    );
    expect(codes()).toEqual([]);
  });
});
