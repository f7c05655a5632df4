import { NeedsAuthenticationError } from '@tributary/pipeline';
import { currentInvocation } from '@tributary/pipeline/invocation';
import { route } from '@tributary/route';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { webConsent } from '../../src/web/index.js';
import { rejectionOf } from '../support/outcome.js';
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
  app = await place.start({ maxRounds: 2 });
});
afterEach(() => app.close());

const call = () => app.client.get(route`/wiki/rest/api/user/current`);
const request = (path = '/me', headers: Record<string, string> = {}) =>
  new Request(app.origin + path, {
    headers: { accept: 'text/html', cookie: 'session=ada', ...headers },
  });

describe('boundary', () => {
  it('asks nobody for what the handler catches, wraps or returns', async () => {
    const caught = app.pages.boundary(async () => {
      await call().catch(() => {});
      return new Response('without');
    });
    expect(await (await caught(request())).text()).toBe('without');
    const wrapped = app.pages.boundary(async () => {
      throw new Error('mine', { cause: await call().catch((error: unknown) => error) });
    });
    expect(await rejectionOf(wrapped(request()))).toMatchObject({ message: 'mine' });
    const foreign = new NeedsAuthenticationError();
    const thrown = app.pages.boundary(() => Promise.reject(foreign));
    expect(await rejectionOf(thrown(request()))).toBe(foreign);
  });

  it("passes on another invocation's error untouched", async () => {
    let stolen: unknown;
    const first = app.pages.boundary(async () => {
      stolen = await call().catch((error: unknown) => error);
      return new Response('');
    });
    await first(request());
    const second = app.pages.boundary(() => Promise.reject(stolen));
    expect(await rejectionOf(second(request()))).toBe(stolen);
  });

  it('runs the handler in a web invocation of the signed-in user, and in none of nobody', async () => {
    const seen: unknown[] = [];
    const handler = app.pages.boundary((_, invocation) => {
      const { surface, user, run, interactive } = invocation;
      seen.push({ surface, user: user?.id, run, interactive });
      expect(currentInvocation()).toBe(invocation);
      return new Response('');
    });
    await handler(request());
    await handler(new Request(app.origin));
    expect(seen).toEqual([
      { surface: 'web', user: 'ada', run: 1, interactive: true },
      { surface: 'web', user: undefined, run: 1, interactive: false },
    ]);
  });

  it('ends a handler that needs consent again and again with CONSENT_ROUNDS', async () => {
    const runs: number[] = [];
    const never = app.pages.boundary(async (_, { run }) => {
      runs.push(run);
      place.sandbox.revokeGrants();
      await app.client.storage.grants.delete(await grantKey());
      return call();
    });
    const ada = await app.browser('ada');
    let response = await never(request('/nothing'));
    for (let round = 1; round <= 2; round += 1) {
      ada.jar.store(new URL(app.origin), response.headers);
      ada.stopAt = (url) => url.pathname === '/nothing';
      await ada.open(response.headers.get('location') ?? '');
      await grant(ada, place.sandbox);
      const cookie = ada.jar.header(new URL(app.origin));
      const next = never(request('/nothing', { cookie }));
      if (round === 2) {
        expect(await rejectionOf(next)).toMatchObject({ code: 'CONSENT_ROUNDS' });
      } else response = await next;
    }
    expect(runs).toEqual([1, 2, 3]);
  });

  it('goes by the configured origin, whatever Host and forwarding headers say', async () => {
    const handler = app.pages.boundary(call);
    const response = await handler(
      new Request('http://evil.example/me?a=1', {
        headers: {
          accept: 'text/html',
          cookie: 'session=ada',
          'x-forwarded-host': 'evil.example',
          forwarded: 'host=evil.example',
        },
      }),
    );
    expect(response.headers.get('location')?.startsWith(`${app.origin}/consent/ask/`)).toBe(true);
    const program = await handler(
      new Request('http://evil.example/me', { headers: { cookie: 'session=ada' } }),
    );
    expect(await program.text()).not.toContain('evil');
  });

  it('comes back to a path that looks like another host only as a path, or to the start', async () => {
    const handler = app.pages.boundary(call);
    const ada = await app.browser('ada');
    for (const path of ['//evil.example/x', '/%5cevil.example', '/%09/evil.example']) {
      const response = await handler(request(path));
      ada.jar.store(new URL(app.origin), response.headers);
      await ada.open(response.headers.get('location') ?? '');
      const end = await grant(ada, place.sandbox);
      expect(end.url.href).toBe(`${app.origin}/`);
      place.sandbox.revokeGrants();
    }
  });

  it('refuses a redirect URI that is not the one of its pages, naming both', async () => {
    const pages = webConsent({
      consent: app.client.desk,
      publicUrl: app.origin,
      path: '/elsewhere',
      appName: 'Stale pages',
      user: () => ({ id: 'ada' }),
    });
    const error = await rejectionOf(pages.boundary(call)(request()));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', field: 'redirectUri' });
    expect((error as Error).message).toContain(`${app.origin}/elsewhere/callback`);
  });

  it('refuses what was sent once somebody has read it, and never takes it for empty', async () => {
    let runs = 0;
    const handler = app.pages.boundary(() => {
      runs += 1;
      return new Response('');
    });
    const sent = new Request(`${app.origin}/comment`, {
      method: 'POST',
      body: 'text=hello',
      headers: { accept: 'text/html', cookie: 'session=ada' },
    });
    const whole = sent.clone();
    await sent.text();
    const error = await rejectionOf(handler(sent));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', field: 'body' });
    expect(runs).toBe(0);
    expect((await handler(whole)).status).toBe(200);
  });

  it('ignores a mark of a second run that did not come from here', async () => {
    const handler = app.pages.boundary((given, { run }) => {
      expect([...given.headers.keys()]).not.toContain('x-consent-rerun');
      return new Response(String(run));
    });
    const response = await handler(request('/me', { 'x-consent-rerun': 'x'.repeat(43) }));
    expect(await response.text()).toBe('1');
  });
});

/** The one grant that there is, or one that there isn't. */
const grantKey = async () => {
  for await (const key of app.client.storage.grants.list({})) return key;
  return { issuer: 'none', clientId: 'none', accountId: 'none' };
};

describe('options', () => {
  const valid = () => ({
    consent: app.client.desk,
    publicUrl: 'https://app.example.com',
    appName: 'x',
    user: () => undefined,
  });

  it.each([
    ['publicUrl', { publicUrl: 'app.example.com' }],
    ['publicUrl', { publicUrl: 'http://app.example.com' }],
    ['publicUrl', { publicUrl: 'https://app.example.com/base' }],
    ['publicUrl', { publicUrl: 'https://app.example.com/?a=1' }],
    ['publicUrl', { publicUrl: 'https://ada:pw@app.example.com' }],
    ['path', { path: '/consent/' }],
    ['path', { path: 'consent' }],
    ['path', { path: '/' }],
    ['path', { path: '/a/../b' }],
    ['appName', { appName: ' ' }],
    ['timeout', { timeout: 10 }],
    ['maxRounds', { maxRounds: 0 }],
    ['consent', { consent: {} as never }],
    ['user', { user: 'ada' as never }],
  ])('%s is checked at once: %j', (field, wrong) => {
    let error: unknown;
    try {
      webConsent({ ...valid(), ...wrong });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', field });
  });

  it('takes https, and http to loopback', () => {
    for (const publicUrl of ['https://app.example.com/', 'http://127.0.0.1:3000', 'http://[::1]']) {
      expect(webConsent({ ...valid(), publicUrl }).origin).toBe(publicUrl.replace(/\/$/, ''));
    }
  });

  it('refuses a user without an id when one is given', async () => {
    const pages = webConsent({ ...valid(), user: () => ({ id: '' }) });
    const error = await rejectionOf(pages.boundary(() => new Response(''))(request()));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', field: 'user' });
  });
});
