import { describe, expect, it } from 'vitest';
import { grant } from './support/grant.js';
import { watchPlace } from './support/watched-place.js';

const watched = watchPlace();
const { exchanges, grants, upToCallback } = watched;

describe('impatience', () => {
  it('a double click on Allow access ends in one grant and one page', async () => {
    const ada = await watched.app.browser('ada');
    await ada.open(`${watched.app.origin}/me`);
    const { url, body } = ada.formStep('Allow access');
    const first = fetch(url, {
      method: 'POST',
      body: new URLSearchParams(body),
      redirect: 'manual',
      headers: { cookie: ada.jar.header(url), origin: 'null', 'sec-fetch-site': 'same-origin' },
    });
    const [, page] = await Promise.all([first, grant(ada, watched.place.sandbox)]);
    expect((await first).status).toBe(303);
    expect(page.heading).toBe('me as Jonas Weber, run 2');
    expect(await grants()).toBe(1);
  });

  it('a callback that comes twice at once exchanges once, and neither is an error', async () => {
    const ada = await watched.app.browser('ada');
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
    const ada = await watched.app.browser('ada');
    const first = await ada.open(`${watched.app.origin}/me`);
    const second = await ada.open(`${watched.app.origin}/other`);
    await ada.open(first.url);
    expect((await grant(ada, watched.place.sandbox)).heading).toBe('me as Jonas Weber, run 2');
    const before = ada.visited.length;
    expect((await ada.open(second.url)).heading).toBe('other as Jonas Weber, run 2');
    expect(ada.visited.slice(before)).toEqual([`GET ${second.url.pathname}`, 'GET /other']);
  });

  it('the form of a second tab knows of the answer in the first', async () => {
    const [ada, before] = [await watched.app.browser('ada'), exchanges()];
    await ada.open(`${watched.app.origin}/me`);
    const { url, body } = ada.formStep('Allow access');
    await ada.open(`${watched.app.origin}/other`);
    await grant(ada, watched.place.sandbox);
    const late = await ada.post(url, new URLSearchParams(body), watched.app.origin);
    expect(late.heading).toBe('me as Jonas Weber, run 2');
    expect(exchanges()).toBe(before + 1);
  });

  it('a no in a second tab is a no, whatever the first was granted', async () => {
    const ada = await watched.app.browser('ada');
    const text = new URLSearchParams({ text: 'never mind' });
    const asked = await ada.post(`${watched.app.origin}/comment`, text, watched.app.origin);
    const { url, body } = ada.formStep('Not now');
    await ada.open(`${watched.app.origin}/me`);
    expect((await grant(ada, watched.place.sandbox)).heading).toBe('me as Jonas Weber, run 2');
    const denied = await ada.post(url, new URLSearchParams(body), watched.app.origin);
    expect(denied.heading).toBe('Access was not allowed');
    expect((await ada.open(asked.url)).heading).toBe('Access was not allowed');
    expect(watched.app.done.map(({ what }) => what)).toEqual(['me']);
  });

  it('the back button over the whole way changes nothing', async () => {
    const ada = await watched.app.browser('ada');
    const asked = await ada.open(`${watched.app.origin}/me`);
    await grant(ada, watched.place.sandbox);
    const ours = ada.visited.length;
    expect((await ada.open(asked.url)).status).toBe(410);
    expect((await ada.open(`${watched.app.origin}/me`)).heading).toBe('me as Jonas Weber, run 1');
    expect(ada.visited.slice(ours)).toHaveLength(2);
    expect(await grants()).toBe(1);
  });
});
