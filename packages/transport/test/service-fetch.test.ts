import { createServer } from 'node:http';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { NetworkError, RedirectError, RequestError, TimeoutError } from '@tributary/pipeline';
import { fakeClock } from '@tributary/testing';
import { describe, expect, test } from 'vitest';
import { serviceFetch } from '../src/index.js';
import { failure } from './support/calls.js';
import { json, serve } from './support/serve.js';

const quick = { random: () => 0 };

describe('serviceFetch', () => {
  test('an answer comes whole, as a standard Response', async () => {
    await using server = await serve((_request, response) => {
      response
        .writeHead(400, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(gzipSync('{"error":"invalid_grant"}'));
    });
    const response = await serviceFetch()(`${server.origin}/token`, {
      method: 'POST',
      headers: { authorization: 'Basic x' },
      body: new URLSearchParams({ grant_type: 'refresh_token' }),
    });
    expect(response).toBeInstanceOf(Response);
    expect(response.status).toBe(400);
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(await response.json()).toEqual({ error: 'invalid_grant' });
    expect(server.received[0]).toMatchObject({
      method: 'POST',
      body: 'grant_type=refresh_token',
      headers: {
        authorization: 'Basic x',
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      },
    });
    expect(server.received[0]?.headers['user-agent']).toMatch(/^tributary\//);
  });

  test('a 204 is a 204', async () => {
    await using server = await serve((_request, response) => response.writeHead(204).end());
    expect((await serviceFetch()(server.origin)).status).toBe(204);
  });

  test.each([
    'http://example.com/token',
    'ftp://example.com/',
    'https://user:pass@example.com/',
    'token',
  ])('%s is refused', async (url) => {
    expect(await failure(serviceFetch()(url))).toBeInstanceOf(RequestError);
  });

  test.each([301, 302, 303, 307, 308])(
    'a %i is an error that doesn’t show where to',
    async (status) => {
      await using server = await serve((_request, response) => {
        response.writeHead(status, { location: 'https://hush.example/?token=hush' }).end();
      });
      const error = await failure(serviceFetch()(`${server.origin}/a?secret=hush`));
      expect(error).toBeInstanceOf(RedirectError);
      expect(inspect(error)).not.toContain('hush');
      expect(server.received).toHaveLength(1);
    },
  );

  test('an answer over the cap is given up while it is read', async () => {
    await using server = await serve((_request, response) => {
      response.writeHead(200);
      for (let i = 0; i < 64; i += 1) response.write('x'.repeat(1024));
      // Never ended: whoever waits for the end waits for ever.
    });
    const error = await failure(serviceFetch({ maxBytes: 2048 })(server.origin));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ retryable: false, sent: 'yes' });
    expect(server.received).toHaveLength(1);
  });

  test.each([502, 503, 504])('a GET is sent three times on %i, a POST once', async (status) => {
    await using server = await serve((_request, response) => response.writeHead(status).end());
    const fetch = serviceFetch(quick);
    expect((await fetch(server.origin)).status).toBe(status);
    expect(server.received).toHaveLength(3);
    expect((await fetch(server.origin, { method: 'POST', body: 'x' })).status).toBe(status);
    expect(server.received).toHaveLength(4);
  });

  test('a GET is sent again when the connection fails, a POST is not', async () => {
    let requests = 0;
    await using server = await serve((request, response) => {
      requests += 1;
      if (requests % 3 === 0) json(request, response);
      else response.destroy();
    });
    const fetch = serviceFetch(quick);
    expect(await (await fetch(server.origin)).json()).toEqual({ ok: true });
    const error = await failure(fetch(server.origin, { method: 'POST', body: 'x' }));
    expect(error).toMatchObject({ code: 'NETWORK_FAILED', sent: 'unknown', attempts: 1 });
    expect(requests).toBe(4);
  });

  test('the timeout covers attempts, waits and the body', async () => {
    await using silent = await serve(() => {});
    await using slow = await serve((_request, response) => response.writeHead(200).write('x'));
    for (const { origin } of [silent, slow]) {
      const error = await failure(serviceFetch({ timeout: 60 })(`${origin}/token`));
      expect(error).toBeInstanceOf(TimeoutError);
      expect((error as Error).message).toContain('/token');
    }
    const clock = fakeClock();
    const down = () => Promise.reject(new TypeError('fetch failed', { cause: new Error() }));
    const waiting = serviceFetch({ clock, fetch: down, timeout: 50, random: () => 1 });
    const error = failure(waiting('https://example.com/'));
    await clock.advance(50);
    expect(await error).toBeInstanceOf(TimeoutError);
    expect(clock.pending).toBe(0);
  });

  test('a caller’s abort rejects with its reason', async () => {
    await using server = await serve(() => {});
    const controller = new AbortController();
    const reason = new Error('enough');
    const sending = failure(serviceFetch()(server.origin, { signal: controller.signal }));
    await expect.poll(() => server.received.length).toBe(1);
    controller.abort(reason);
    expect(await sending).toBe(reason);
    expect(await failure(serviceFetch()(server.origin, { signal: controller.signal }))).toBe(
      reason,
    );
  });

  test('a connection that is refused is named, without ids and query', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as import('node:net').AddressInfo;
    await new Promise<void>((resolve) => server.close(() => resolve()));
    const url = `http://127.0.0.1:${port}/ex/12345678-1234-1234-1234-123456789abc/x?secret=hush`;
    const error = await failure(serviceFetch(quick)(url));
    expect(error).toMatchObject({ sent: 'no', attempts: 3 });
    expect((error as NetworkError).template).toMatch(/\/ex\/\{\}\/x$/);
    expect(inspect(error)).not.toContain('hush');
  });
});
