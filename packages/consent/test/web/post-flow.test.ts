import { memoryStorage } from '@tributary/auth-providers';
import type { PendingRecords } from '@tributary/pipeline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BODY_CAP } from '../../src/web/kept-request.js';
import { grant } from './support/grant.js';
import { openPlace, type Place, type WebApp } from './support/web-app.js';

let place: Place;
let app: WebApp;
/** All that was written to the store. */
let written: string[];
/** A write that holds this fails. */
let refuses: string | undefined;

const watched = (pending: PendingRecords): PendingRecords => ({
  ...pending,
  write: (id, value, ttlMs) => {
    if (refuses !== undefined && value.includes(refuses)) return Promise.reject(new Error('down'));
    written.push(value);
    return pending.write(id, value, ttlMs);
  },
});

beforeAll(async () => {
  place = await openPlace();
});
afterAll(() => place.close());
beforeEach(async () => {
  place.sandbox.revokeGrants();
  written = [];
  refuses = undefined;
  const storage = memoryStorage();
  app = await place.start({ storage: { ...storage, pending: watched(storage.pending) } });
});
afterEach(() => app.close());

const comment = (text: string) => new URLSearchParams({ text });

const resumes = (visited: readonly string[]) =>
  visited
    .filter((visit) => visit.startsWith('GET /consent/resume/'))
    .map((visit) => visit.slice(4));

describe('what was sent', () => {
  it('is run again once after the grant; reload and back send nothing', async () => {
    const ada = await app.browser('ada');
    const asked = await ada.post(`${app.origin}/comment?on=7`, comment('häll & o'), app.origin);
    expect(asked.text).toContain('It is carried out once, after you allow access.');
    const page = await grant(ada, place.sandbox);
    expect(page).toMatchObject({ status: 200, heading: 'comment as Jonas Weber, run 2' });
    expect(page.url.pathname).toMatch(/^\/consent\/answer\//);
    expect(page.headers.get('cache-control')).toBe('no-store');
    const [ran] = app.done;
    expect(ran).toMatchObject({ run: 2, body: 'text=h%C3%A4ll+%26+o' });
    expect(ran?.request.method).toBe('POST');
    expect(ran?.request.url).toBe(`${app.origin}/comment?on=7`);
    const [resumed = ''] = resumes(ada.visited);
    for (const url of [page.url, asked.url, app.origin + resumed]) {
      expect((await ada.open(url)).status).toBe(410);
    }
    expect(app.done).toHaveLength(1);
    expect(ada.jar.names().filter((name) => name.includes('consent'))).toEqual([]);
  });

  it('comes with what described it, and with the cookies of whoever resumes', async () => {
    const ada = await app.browser('ada');
    const bytes =
      '--b\r\ncontent-disposition: form-data; name="f"\r\n\r\n\u0000\u0001\r\n--b--\r\n';
    const type = 'multipart/form-data; boundary=b';
    await ada.post(`${app.origin}/comment`, bytes, `${app.origin}/me`, type);
    await ada.open(`${app.origin}/sign-in?as=ada`);
    await ada.open(`${app.origin}/consent/ask/${idOf(ada.visited)}`);
    await grant(ada, place.sandbox);
    const [ran] = app.done;
    expect(ran?.body).toBe(bytes);
    const headers = ran?.request.headers ?? new Headers();
    expect(headers.get('content-type')).toBe(type);
    expect(headers.get('accept')).toContain('text/html');
    expect(headers.get('accept-language')).toBe('en-GB,en;q=0.9');
    expect(headers.get('origin')).toBe(app.origin);
    expect(headers.get('sec-fetch-site')).toBe('same-origin');
    expect(headers.get('cookie')).toContain('session=ada');
    expect([...headers.keys()].filter((name) => name.startsWith('x-consent'))).toEqual([]);
  });

  it('is kept without Cookie and Authorization', async () => {
    const response = await fetch(`${app.origin}/comment`, {
      method: 'POST',
      body: comment('hello'),
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        cookie: 'session=ada; secret=cookie-of-hers',
        authorization: 'Bearer token-of-hers',
        'x-api-key': 'key-of-hers',
      },
    });
    expect(response.status).toBe(303);
    expect(written.length).toBeGreaterThan(0);
    expect(written.join('\n')).not.toMatch(/of-hers|session=|authorization|cookie/i);
  });

  it('is run once, however often it is resumed at the same time', async () => {
    const ada = await app.browser('ada');
    await ada.post(`${app.origin}/comment`, comment('once'), app.origin);
    ada.stopAt = (url) => url.pathname.startsWith('/consent/resume/');
    await grant(ada, place.sandbox);
    const url = ada.stopped as URL;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        fetch(url, { redirect: 'manual', headers: { cookie: ada.jar.header(url) } }),
      ),
    );
    // The others wait, or are led to the one answer.
    expect(answers.map(({ status }) => [202, 303, 410].includes(status))).not.toContain(false);
    const led = answers.map(({ headers }) => headers.get('location')).filter((to) => to !== null);
    expect(new Set(led).size).toBe(1);
    expect(app.done).toHaveLength(1);
    ada.stopAt = undefined;
    expect((await ada.open(led[0] ?? '')).heading).toBe('comment as Jonas Weber, run 2');
  });

  it('leads who reloads while it runs to its one answer', async () => {
    const ada = await app.browser('ada');
    await ada.post(`${app.origin}/comment`, comment('once'), app.origin);
    ada.stopAt = (url) => url.pathname.startsWith('/consent/resume/');
    await grant(ada, place.sandbox);
    ada.stopAt = undefined;
    const url = ada.stopped as URL;
    place.sandbox.failNext({ delayMs: 150, listener: 'gateway', pathIncludes: '/user/current' });
    const headers = { cookie: ada.jar.header(url) };
    const first = fetch(url, { redirect: 'manual', headers });
    while (app.runs.length < 2) await new Promise((resolve) => setImmediate(resolve));
    const waiting = await ada.open(url);
    expect(waiting).toMatchObject({ status: 202, heading: 'One moment' });
    expect(waiting.text).toContain('is being carried out, once');
    await first;
    expect((await ada.follow('Continue')).heading).toBe('comment as Jonas Weber, run 2');
    expect((await ada.open(url)).status).toBe(410);
    expect(app.done).toHaveLength(1);
  });

  it('is answered also where its answer can not be kept', async () => {
    const ada = await app.browser('ada');
    await ada.post(`${app.origin}/comment`, comment('once'), app.origin);
    refuses = '"status":200';
    const page = await grant(ada, place.sandbox);
    expect(page).toMatchObject({ status: 200, heading: 'comment as Jonas Weber, run 2' });
    expect(app.done).toHaveLength(1);
  });

  it('is kept with no more of the user than who they are', async () => {
    const ada = await app.browser('ada');
    await ada.post(`${app.origin}/comment`, comment('once'), app.origin);
    const [kept = ''] = written.filter((value) => value.includes('"trigger"'));
    expect(JSON.parse(kept).user).toEqual({ id: 'ada' });
  });

  it('is resumed by nobody else, in no other browser, and not before the grant', async () => {
    const ada = await app.browser('ada');
    const asked = await ada.post(`${app.origin}/comment`, comment('mine'), app.origin);
    const id = asked.url.pathname.split('/').at(-1);
    const resume = `${app.origin}/consent/resume/${id}`;
    expect((await ada.open(resume)).status).toBe(410);
    await ada.open(asked.url);
    ada.stopAt = (url) => url.pathname.startsWith('/consent/resume/');
    await grant(ada, place.sandbox);
    ada.stopAt = undefined;
    const mallory = await app.browser('mallory');
    ada.jar.copyTo(mallory.jar, (name) => name.includes('consent'));
    expect((await mallory.open(resume)).text).toContain('Somebody else was asked');
    const elsewhere = await app.browser('ada');
    expect((await elsewhere.open(resume)).text).toContain('another browser');
    await ada.open(`${app.origin}/sign-out`);
    expect((await ada.open(resume)).heading).toBe('Sign in first');
    expect(app.done).toEqual([]);
    await ada.open(`${app.origin}/sign-in?as=ada`);
    expect((await ada.open(resume)).heading).toBe('comment as Jonas Weber, run 2');
  });

  it('goes through the checks in front of the handler again', async () => {
    const ada = await app.browser('ada');
    await ada.post(`${app.origin}/comment`, comment('hello'), app.origin);
    // The app takes the session away between the grant and the second run.
    ada.stopAt = (url) => url.pathname.startsWith('/consent/resume/');
    await grant(ada, place.sandbox);
    expect(app.checked).toEqual(['POST /comment']);
    ada.stopAt = undefined;
    await ada.open(ada.stopped as URL);
    expect(app.checked).toEqual(['POST /comment', 'POST /comment']);
  });

  it("of another site's page is never kept", async () => {
    const ada = await app.browser('ada');
    const page = await ada.post(`${app.origin}/other`, comment('forged'), 'https://evil.example/');
    expect(page.text).toContain('came from another site, and is not kept');
    const end = await grant(ada, place.sandbox);
    expect(end).toMatchObject({ status: 200, heading: 'Access allowed' });
    expect(end.text).toContain('Go back and send it again.');
    expect(app.done).toEqual([]);
    expect(written.join('\n')).not.toContain('Zm9yZ2Vk');
  });
});

describe('the answer of the second run', () => {
  const answerTo = async (query: string) => {
    const ada = await app.browser('ada');
    await ada.post(`${app.origin}/comment?${query}`, comment('x'), `${app.origin}/me`);
    return { ada, page: await grant(ada, place.sandbox) };
  };

  it('that redirects is passed on as a 303', async () => {
    const { page } = await answerTo('then=/me%3Fdone=1');
    expect(page.url.href).toBe(`${app.origin}/me?done=1`);
    expect(page.heading).toBe('me as Jonas Weber, run 1');
  });

  it('that redirects to a relative place is read against the address that was sent to', async () => {
    const { page } = await answerTo('then=other');
    expect(page.url.href).toBe(`${app.origin}/other`);
  });

  it('that is an error keeps its status', async () => {
    const { page } = await answerTo('status=422');
    expect(page).toMatchObject({ status: 422, heading: 'comment as Jonas Weber, run 2' });
  });

  it('that is empty gets a page, and its cookies are set', async () => {
    const { ada, page } = await answerTo('status=204');
    expect(page).toMatchObject({ status: 200, heading: 'Done' });
    expect(ada.jar.names()).toContain('a');
  });

  it('that is too large to be kept is given at once, and its reload runs nothing', async () => {
    const { ada, page } = await answerTo(`size=${BODY_CAP + 1}`);
    expect(page.heading).toBe('comment as Jonas Weber, run 2');
    expect(page.html.length).toBeGreaterThan(BODY_CAP);
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect((await ada.open(page.url)).status).toBe(410);
    expect(app.done).toHaveLength(1);
  });

  it('is shown to nobody else', async () => {
    const ada = await app.browser('ada');
    await ada.post(`${app.origin}/comment`, comment('x'), app.origin);
    ada.stopAt = (url) => url.pathname.startsWith('/consent/answer/');
    await grant(ada, place.sandbox);
    const answer = ada.stopped as URL;
    ada.stopAt = undefined;
    expect((await (await app.browser('mallory')).open(answer)).status).toBe(403);
    expect((await (await app.browser('ada')).open(answer)).status).toBe(403);
    expect((await ada.open(answer)).heading).toBe('comment as Jonas Weber, run 2');
    expect((await ada.open(answer)).status).toBe(410);
  });
});

describe('a body', () => {
  it.each([
    ['of the cap is kept', BODY_CAP, false],
    ['above the cap is not, and the page says so', BODY_CAP + 1, true],
  ])('%s', async (_, size, isTooLarge) => {
    const ada = await app.browser('ada');
    const body = 'x'.repeat(size);
    const page = await ada.post(`${app.origin}/comment`, body, `${app.origin}/me`, 'text/plain');
    expect(app.runs[0]?.body?.length).toBe(size);
    expect(page.text.includes('too large to be kept. After you allow access, send it again.')).toBe(
      isTooLarge,
    );
    const end = await grant(ada, place.sandbox);
    expect(end.heading).toBe(isTooLarge ? 'Access allowed' : 'comment as Jonas Weber, run 2');
    expect(app.done.map((ran) => ran.body?.length)).toEqual(isTooLarge ? [] : [size]);
    if (!isTooLarge) return;
    expect(end.text).toContain('Go back and send it again.');
    expect((await ada.follow('Go back')).url.pathname).toBe('/me');
    await ada.post(`${app.origin}/comment`, body, `${app.origin}/me`, 'text/plain');
    expect(app.done.map((ran) => ran.what)).toEqual(['me', 'comment']);
  });

  it('without a length, above the cap, reaches the handler whole', async () => {
    const size = BODY_CAP + 70_000;
    const chunk = new TextEncoder().encode('y'.repeat(10_000));
    let left = Math.ceil(size / chunk.byteLength);
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        left -= 1;
        controller.enqueue(chunk);
        if (left === 0) controller.close();
      },
    });
    const init = {
      method: 'POST',
      body,
      duplex: 'half',
      redirect: 'manual',
      headers: { accept: 'text/html', cookie: 'session=ada' },
    } as const;
    const response = await fetch(`${app.origin}/comment`, init);
    expect(response.status).toBe(303);
    expect(app.runs[0]?.body?.length).toBe(Math.ceil(size / 10_000) * 10_000);
    expect(written.every((value) => value.length < 10_000)).toBe(true);
  });
});

const idOf = (visited: readonly string[]): string =>
  visited
    .findLast((visit) => visit.includes('/consent/ask/'))
    ?.split('/')
    .at(-1) ?? '';
