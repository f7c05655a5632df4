import type { Sandbox } from '@tributary/sandbox';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connectChromium, hasChromium } from '../support/chromium.js';
import { type AppGrant, sandboxWithGrant } from './app-grant.js';
import type {} from './page.js';
import { openStage, type Stage } from './stage.js';

describe.skipIf(!hasChromium)('the chain in Chromium', () => {
  let sandbox: Sandbox;
  let grant: AppGrant;
  let stage: Stage;
  let browser: Browser;
  let page: Page;
  let token: string;

  beforeAll(async () => {
    ({ sandbox, grant } = await sandboxWithGrant());
    stage = await openStage(sandbox);
    browser = await connectChromium();
    page = await browser.newPage();
    await page.goto(stage.origin);
    await page.waitForFunction('window.tributary !== undefined');
  });

  beforeEach(async () => {
    token = await grant.renew();
    stage.tokens.splice(0, Number.POSITIVE_INFINITY, token);
    stage.strays.length = 0;
    stage.relayed.length = 0;
    sandbox.clearJournal();
  });

  afterAll(async () => {
    await browser?.close();
    await stage?.[Symbol.asyncDispose]();
    await sandbox?.close();
  });

  /** What reached Confluence's gateway, in order. */
  const arrived = () =>
    sandbox.requests
      .filter(({ listener }) => listener === 'gateway')
      .map(({ method, path, status }) => [method, path.replace(/^.*\/wiki\//, '/wiki/'), status]);

  /** A plain GET in the page; `redirect` as the caller gives it. */
  const getSpaces = (options: { redirect?: 'follow' | 'manual' | 'error' } = {}) =>
    page.evaluate((given) => {
      const { outcome, requestConfluence, route } = window.tributary;
      const headers = { 'x-asked-by': 'a page' };
      return outcome(requestConfluence(route`/wiki/api/v2/spaces`, { headers, ...given }));
    }, options);

  describe('a call', () => {
    test('reads with a route', async () => {
      const answer = await page.evaluate(() => {
        const { outcome, requestConfluence, route } = window.tributary;
        const title = 'Über & mehr?';
        return outcome(requestConfluence(route`/wiki/api/v2/pages?limit=${2}&title=${title}`));
      });
      expect(answer).toMatchObject({ status: 200, attempts: 1, body: { results: [] } });
      expect(arrived()).toEqual([
        ['GET', '/wiki/api/v2/pages?limit=2&title=%C3%9Cber%20%26%20mehr%3F', 200],
      ]);
    });

    test('writes JSON', async () => {
      const answer = await page.evaluate(async () => {
        const { ensureOk, outcome, requestConfluence, route } = window.tributary;
        const pages = await ensureOk(requestConfluence(route`/wiki/api/v2/pages?limit=${1}`));
        const pageId: string = (await pages.json()).results[0].id;
        const comment = { pageId, body: { representation: 'storage', value: '<p>Größe</p>' } };
        return outcome(
          requestConfluence(route`/wiki/api/v2/footer-comments`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify(comment),
          }),
        );
      });
      expect(answer).toMatchObject({ status: 201, body: { status: 'current' } });
      expect(arrived()).toContainEqual(['POST', '/wiki/api/v2/footer-comments', 201]);
    });

    test('uploads a form', async () => {
      const answer = await page.evaluate(async () => {
        const { outcome, requestConfluence, route } = window.tributary;
        const pages = await requestConfluence(route`/wiki/api/v2/pages?limit=${1}`);
        const id: string = (await pages.json()).results[0].id;
        const body = new FormData();
        body.append('file', new Blob(['from a page'], { type: 'text/plain' }), 'notes.txt');
        const path = route`/wiki/rest/api/content/${id}/child/attachment`;
        return outcome(requestConfluence(path, { method: 'PUT', body }));
      });
      expect(answer).toMatchObject({ status: 200, body: { results: [{ title: 'notes.txt' }] } });
    });

    test("leaves the browser's User-Agent and cookies alone", async () => {
      expect(await getSpaces()).toMatchObject({ status: 200 });
      const own = await page.evaluate(() => navigator.userAgent);
      expect(stage.relayed).toMatchObject([
        {
          headers: {
            'user-agent': own,
            accept: 'application/json',
            authorization: `Bearer ${token}`,
            cookie: 'session=of-the-app',
          },
        },
      ]);
      expect(sandbox.requests.at(-1)?.headers).not.toHaveProperty('cookie');
    });

    test('reaches a Data Center site that allows the page, without a relay', async () => {
      const { personalAccessToken } = sandbox.people.reader;
      const answer = await page.evaluate(
        ({ url, secret }) => {
          const { askDataCenter, outcome } = window.tributary;
          return outcome(askDataCenter(url, secret, '/rest/api/user/current'));
        },
        { url: stage.dataCenterUrl, secret: personalAccessToken },
      );
      expect(answer).toMatchObject({
        status: 200,
        type: 'cors',
        body: { username: sandbox.people.reader.username },
      });
    });
  });

  describe('an end', () => {
    test("an abort rejects with the signal's reason, and ends the request", async () => {
      sandbox.failNext({ delayMs: 15_000 });
      const asked = await page.evaluateHandle(() => {
        const { requestConfluence, route } = window.tributary;
        const controller = new AbortController();
        const { signal } = controller;
        const call = requestConfluence(route`/wiki/api/v2/spaces`, { signal });
        return { controller, isReason: call.catch((error: unknown) => error === signal.reason) };
      });
      await expect.poll(() => stage.relayed).toHaveLength(1);
      const answer = await asked.evaluate(({ controller, isReason }) => {
        controller.abort(new Error('changed my mind'));
        return isReason;
      });
      expect(answer).toBe(true);
      expect(stage.relayed).toHaveLength(1);
    });

    test('a signal that was aborted before sends nothing', async () => {
      const answer = await page.evaluate(async () => {
        const { requestConfluence, route } = window.tributary;
        const signal = AbortSignal.abort('before');
        return requestConfluence(route`/wiki/api/v2/spaces`, { signal }).catch((error) => error);
      });
      expect(answer).toBe('before');
      expect(stage.relayed).toEqual([]);
    });

    test('a deadline', async () => {
      sandbox.failNext({ delayMs: 15_000 });
      const answer = await page.evaluate(() => {
        const { outcome, requestConfluence, route } = window.tributary;
        return outcome(requestConfluence(route`/wiki/api/v2/spaces`, { timeout: 500 }));
      });
      expect(answer).toMatchObject({ error: { code: 'TIMEOUT', sent: 'unknown' } });
    });
  });

  describe('another try', () => {
    test('after a 401 with a new token', async () => {
      sandbox.expireAccessTokens();
      stage.tokens.splice(0, 1, token, await grant.renew());
      expect(await getSpaces()).toMatchObject({ status: 200, attempts: 1 });
      expect(arrived().map(([, , status]) => status)).toEqual([401, 200]);
    });

    test('not when the new token is the refused one: the person is asked', async () => {
      sandbox.expireAccessTokens();
      const { error } = await getSpaces();
      expect(error).toMatchObject({
        code: 'NEEDS_AUTHENTICATION_ERR',
        template: '/wiki/api/v2/spaces',
      });
      expect(arrived()).toHaveLength(1);
      expect(JSON.stringify(error)).not.toContain(token);
    });

    test('after a 429, when the server said, and a 503', async () => {
      sandbox.failNext({ status: 429, headers: { 'retry-after': '0' } });
      sandbox.failNext({ status: 503, headers: { 'retry-after': '0' } });
      expect(await getSpaces()).toMatchObject({ status: 200, attempts: 3 });
      expect(arrived().map(([, , status]) => status)).toEqual([429, 503, 200]);
    });

    test('not of a POST that may have been carried out', async () => {
      sandbox.failNext({ status: 503, method: 'POST' });
      const answer = await page.evaluate(() => {
        const { outcome, requestConfluence, route } = window.tributary;
        const path = route`/wiki/api/v2/footer-comments`;
        return outcome(requestConfluence(path, { method: 'POST', body: '{}' }));
      });
      expect(answer).toMatchObject({ status: 503, attempts: 1 });
      expect(arrived()).toHaveLength(1);
    });

    test('a server that is not there, and one that refuses the page, look the same', async () => {
      const answers = await page.evaluate(
        async (urls) => {
          const { askDataCenter, outcome } = window.tributary;
          return Promise.all(urls.map((url) => outcome(askDataCenter(url, 'a-secret', '/rest/x'))));
        },
        ['http://127.0.0.1:1/', sandbox.dataCenter.url],
      );
      for (const { error } of answers) {
        expect(error).toMatchObject({ code: 'NETWORK_FAILED', sent: 'unknown', retryable: true });
        expect(error?.message).toContain('CORS');
        expect(JSON.stringify(error)).not.toMatch(/a-secret|127\.0\.0\.1/);
      }
    });

    test('none of a stream, which Chromium sends over HTTP/2 only', async () => {
      const answer = await page.evaluate(() => {
        const { outcome, requestConfluence, route } = window.tributary;
        const body = new Blob(['{}']).stream();
        return outcome(requestConfluence(route`/wiki/api/v2/pages`, { method: 'POST', body }));
      });
      expect(answer).toMatchObject({ error: { code: 'NETWORK_FAILED', attempts: 1 } });
      expect(arrived()).toEqual([]);
    });
  });

  describe('a redirect', () => {
    const redirectTo = (location: string, status = 302) =>
      sandbox.failNext({ status, headers: { location } });

    test('within the origin: fetch follows with the credential, also out of the base', async () => {
      redirectTo('/atlassian/me');
      expect(await getSpaces()).toMatchObject({ type: 'basic', attempts: 1 });
      expect(arrived().map(([, path]) => path)).toEqual(['/wiki/api/v2/spaces', '/me']);
      expect(stage.relayed.map(({ headers }) => headers.authorization)).toEqual([
        `Bearer ${token}`,
        `Bearer ${token}`,
      ]);
    });

    test('of a POST to another origin takes its body along', async () => {
      redirectTo(stage.elsewhere, 307);
      const answer = await page.evaluate(() => {
        const { outcome, requestConfluence, route } = window.tributary;
        const path = route`/wiki/api/v2/footer-comments`;
        return outcome(requestConfluence(path, { method: 'POST', body: '{"from":"page"}' }));
      });
      expect(answer).toMatchObject({ status: 200, type: 'cors' });
      expect(stage.strays.at(-1)).toMatchObject({ method: 'POST', body: '{"from":"page"}' });
      expect(stage.strays.at(-1)?.headers).not.toHaveProperty('authorization');
    });

    test('to another origin: without the credential, but with other headers', async () => {
      redirectTo(stage.elsewhere);
      expect(await getSpaces()).toMatchObject({ status: 200, type: 'cors' });
      expect(stage.strays.map(({ method }) => method)).toEqual(['OPTIONS', 'GET']);
      const text = JSON.stringify(stage.strays);
      expect(text).not.toContain(token);
      expect(text).not.toContain('session=of-the-app');
      expect(stage.strays[1]?.headers).toMatchObject({ 'x-asked-by': 'a page' });
    });

    test('is no answer that can be read when it is asked for', async () => {
      redirectTo(stage.elsewhere);
      const answer = await getSpaces({ redirect: 'manual' });
      expect(answer).toMatchObject({ status: 0, type: 'opaqueredirect', attempts: 1 });
      expect(stage.strays).toEqual([]);
    });

    test('is an error where none is wanted, and not tried again', async () => {
      redirectTo(stage.elsewhere);
      expect(await getSpaces({ redirect: 'error' })).toMatchObject({
        error: { code: 'REDIRECT_REFUSED', attempts: 1, sent: 'yes' },
      });
      expect(arrived()).toHaveLength(1);
      expect(stage.strays).toEqual([]);
    });
  });

  describe('the bundle', () => {
    test('holds nothing of Node, and nothing that takes a client secret', async () => {
      const { metafile, outputFiles } = stage.bundled;
      const inputs = Object.keys(metafile.inputs);
      expect(inputs.filter((path) => /undici@|oauth4webapi@|jose@|tsyringe@/.test(path))).toEqual(
        [],
      );
      expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).not.toContainEqual(
        expect.objectContaining({ external: true }),
      );
      for (const { text } of outputFiles) expect(text).not.toMatch(/["'`]node:/);
      const names = await page.evaluate(() => window.tributary.names);
      expect(names).toContain('bearer');
      expect(names).not.toContain('oauth');
      expect(names).not.toContain('clientCredentials');
    });
  });
});
