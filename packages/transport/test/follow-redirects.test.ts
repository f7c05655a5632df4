import { inspect } from 'node:util';
import { RedirectError } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { kyTerminal } from '../src/index.js';
import { VERSION } from '../src/version.js';
import { callTo, failure, SECRET } from './support/calls.js';
import { type Answer, json, serve } from './support/serve.js';

/** Redirects `/base/from?to=…&status=…` where it says; anything else is answered. */
const redirecting: Answer = (request, response) => {
  const { searchParams } = new URL(request.url, 'http://x');
  const to = searchParams.get('to');
  if (to === null) {
    json(request, response);
    return;
  }
  response
    .writeHead(Number(searchParams.get('status') ?? 302), { location: to })
    .end('go somewhere else');
};

const from = (to: string, status = 302) =>
  `/from?${new URLSearchParams({ to, status: String(status) })}`;

const headers = {
  cookie: 'session=1',
  'x-key': 'k',
  accept: 'image/png',
  range: 'bytes=0-1',
  'user-agent': 'mine/1',
};

describe('redirects, over real servers', () => {
  test('under the base everything goes along', async () => {
    await using server = await serve(redirecting);
    const path = from('/base/next');
    const response = await kyTerminal().send(callTo(`${server.origin}/base/`, { path, headers }));
    expect(await response.json()).toEqual({ ok: true });
    expect(server.received[1]).toMatchObject({
      url: '/base/next',
      headers: { ...headers, authorization: SECRET },
    });
  });

  test('out of the base on its origin credential and cookie stay behind', async () => {
    await using server = await serve(redirecting);
    const path = from('/basement/next');
    await kyTerminal().send(callTo(`${server.origin}/base/`, { path, headers }));
    const hop = server.received[1];
    expect(hop?.headers).not.toHaveProperty('authorization');
    expect(hop?.headers).not.toHaveProperty('cookie');
    expect(hop?.headers).toMatchObject({ 'x-key': 'k', range: 'bytes=0-1' });
  });

  test.each(['the credential', 'an Authorization of the caller’s own'])(
    'to another origin go Accept, Range and our User-Agent, not %s',
    async (which) => {
      await using other = await serve(json);
      await using server = await serve(redirecting);
      const base = `${server.origin}/base/`;
      const own =
        which === 'the credential'
          ? { headers }
          : {
              credential: undefined,
              principal: { kind: 'none' } as const,
              headers: { ...headers, authorization: SECRET },
            };
      const path = from(`${other.origin}/file?token=t`);
      await kyTerminal().send(callTo(base, { path, ...own }));
      expect(server.received[0]?.headers.authorization).toBe(SECRET);
      const hop = other.received[0];
      expect(hop?.headers).toMatchObject({
        accept: 'image/png',
        range: 'bytes=0-1',
        'user-agent': `tributary/${VERSION}`,
      });
      for (const name of ['authorization', 'cookie', 'x-key']) {
        expect(hop?.headers).not.toHaveProperty(name);
      }
    },
  );

  test('a detour over another origin does not bring the credential back', async () => {
    await using server = await serve(redirecting);
    await using other = await serve((_request, response) => {
      response.writeHead(302, { location: `${server.origin}/base/next` }).end();
    });
    const path = from(`${other.origin}/detour`);
    await kyTerminal().send(callTo(`${server.origin}/base/`, { path, headers }));
    expect(server.received[1]?.url).toBe('/base/next');
    expect(server.received[1]?.headers).not.toHaveProperty('authorization');
    expect(server.received[1]?.headers).not.toHaveProperty('x-key');
  });

  test('303 after a POST is a GET without body and content headers', async () => {
    await using server = await serve(redirecting);
    const call = callTo(`${server.origin}/base/`, {
      path: from('/base/next', 303),
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    await kyTerminal().send(call);
    const hop = server.received[1];
    expect(hop).toMatchObject({ method: 'GET', body: '' });
    expect(hop?.headers).not.toHaveProperty('content-type');
    expect(hop?.headers.authorization).toBe(SECRET);
  });

  test.each([307, 308])(
    '%i sends a POST again under the base; a factory is asked anew',
    async (status) => {
      await using server = await serve(redirecting);
      let made = 0;
      const body = () => {
        made += 1;
        return new Blob(['again']).stream();
      };
      const path = from('/base/next', status);
      await kyTerminal().send(callTo(`${server.origin}/base/`, { path, method: 'POST', body }));
      expect(server.received.map(({ method, body }) => [method, body])).toEqual([
        ['POST', 'again'],
        ['POST', 'again'],
      ]);
      expect(made).toBe(2);
    },
  );

  test('a write is not repeated elsewhere, nor by 301 and 302, nor with a stream', async () => {
    await using other = await serve(json);
    await using server = await serve(redirecting);
    const stream = () => new Blob(['once']).stream();
    for (const [path, body] of [
      [from('/base/next', 301), 'x'],
      [from('/base/next', 302), 'x'],
      [from('/base/next', 307), stream()],
      [from('/elsewhere', 308), 'x'],
      [from(`${other.origin}/x`, 307), 'x'],
    ] as const) {
      const call = callTo(`${server.origin}/base/`, { path, method: 'POST', body, attempt: 2 });
      const error = await failure(kyTerminal().send(call));
      expect(error).toBeInstanceOf(RedirectError);
      expect(error).toMatchObject({ sent: 'yes', attempts: 2, retryable: false });
    }
    expect(server.received).toHaveLength(5);
    expect(other.received).toHaveLength(0);
  });

  test('`manual` returns the answer, `error` refuses it', async () => {
    await using server = await serve(redirecting);
    const base = `${server.origin}/base/`;
    const path = from('/base/next', 307);
    const response = await kyTerminal().send(callTo(base, { path, redirect: 'manual' }));
    expect(response.status).toBe(307);
    expect(response.headers.get('location')).toBe('/base/next');
    expect(await response.text()).toBe('go somewhere else');
    const error = await failure(kyTerminal().send(callTo(base, { path, redirect: 'error' })));
    expect(error).toBeInstanceOf(RedirectError);
    expect(server.received).toHaveLength(2);
  });

  test('a 304, and a 302 without Location, are answers', async () => {
    await using server = await serve((request, response) => {
      response.writeHead(request.url.endsWith('304') ? 304 : 302).end();
    });
    for (const status of [302, 304]) {
      const call = callTo(`${server.origin}/`, { path: `/${status}` });
      expect((await kyTerminal().send(call)).status).toBe(status);
    }
  });

  test('circles end at once, chains after 20 hops', async () => {
    await using server = await serve((request, response) => {
      const [, kind, step] = request.url.split('/');
      const location = kind === 'circle' ? '/circle/0' : `/chain/${Number(step) + 1}`;
      response.writeHead(302, { location }).end();
    });
    const circle = failure(kyTerminal().send(callTo(`${server.origin}/`, { path: '/circle/0' })));
    expect(await circle).toBeInstanceOf(RedirectError);
    expect(server.received).toHaveLength(1);
    const chain = failure(kyTerminal().send(callTo(`${server.origin}/`, { path: '/chain/0' })));
    expect(await chain).toBeInstanceOf(RedirectError);
    expect(server.received).toHaveLength(1 + 21);
  });

  test('bodies that are not handed on are cancelled', async () => {
    const cancelled: string[] = [];
    const redirectTo = (location: string) =>
      new Response(new ReadableStream({ cancel: () => void cancelled.push(location) }), {
        status: 302,
        headers: { location },
      });
    const fetch = (url: unknown) =>
      Promise.resolve(
        String(url).endsWith('/pages/42') ? redirectTo('/next') : redirectTo('ftp://x/'),
      );
    await failure(kyTerminal({ fetch }).send(callTo('https://example.com/')));
    expect(cancelled).toEqual(['/next', 'ftp://x/']);
  });

  test('Location is in no error', async () => {
    await using server = await serve(redirecting);
    const path = from('ftp://hush.example/?token=hush');
    const error = await failure(kyTerminal().send(callTo(`${server.origin}/base/`, { path })));
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('hush');
  });

  test('a runtime that hides redirects is told apart', async () => {
    const hidden = { type: 'opaqueredirect', status: 0, body: null, headers: new Headers() };
    const fetch = () => Promise.resolve(hidden as Response);
    const error = await failure(kyTerminal({ fetch }).send(callTo('https://example.com/')));
    expect(error).toBeInstanceOf(RedirectError);
  });
});
