import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type NodeListener, nodeListener, nodeRequest } from '../../src/node/index.js';
import type { FetchHandler } from '../../src/web/index.js';
import { deferred } from '../support/outcome.js';

const ORIGIN = 'https://app.example.com';
let server: Server | undefined;

const serve = async (listener: NodeListener): Promise<string> => {
  server = createServer((request, response) => listener(request, response));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
const serveFetch = (handler: FetchHandler) => serve(nodeListener(handler, { publicUrl: ORIGIN }));

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
  server = undefined;
});

/** A request whose target and headers fetch would not send. */
const raw = (
  url: string,
  options: {
    readonly method?: string;
    readonly path?: string;
    readonly headers?: Record<string, string | string[]>;
  },
): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const sent = send(url, { ...options, agent: false }, (response) => {
      response.resume();
      resolve(response);
    });
    sent.on('error', reject);
    sent.end();
  });

describe('the Request', () => {
  it.each([
    ['/a?b=c', '/a?b=c'],
    ['//evil.example/x', '//evil.example/x'],
    ['http://evil.example/x?y', '/x?y'],
    ['*', '/'],
  ])('of %s is on the public origin, whatever Host says', async (path, target) => {
    const seen: string[] = [];
    const url = await serveFetch((request) => {
      seen.push(request.url, request.headers.get('host') ?? '');
      return new Response('');
    });
    await raw(url, { path, headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example' } });
    expect(seen).toEqual([ORIGIN + target, 'evil.example']);
  });

  it('has every header, cookies joined as one', async () => {
    let headers = new Headers();
    const url = await serveFetch((request) => {
      headers = request.headers;
      return new Response('');
    });
    await raw(url, { headers: { cookie: ['a=1', 'b=2'], 'x-more': ['c', 'd'] } });
    expect([headers.get('cookie'), headers.get('x-more')]).toEqual(['a=1; b=2', 'c, d']);
  });

  it('streams its body, also one without a length', async () => {
    const url = await serveFetch(async (request) => new Response(await request.text()));
    const chunks = ['one ', 'two ', 'three'];
    const body = new ReadableStream({
      pull(controller) {
        const next = chunks.shift();
        if (next === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(next));
      },
    });
    const init = { method: 'POST', body, duplex: 'half' } as const;
    expect(await (await fetch(url, init)).text()).toBe('one two three');
    expect(await (await fetch(url, { method: 'PUT', body: 'whole' })).text()).toBe('whole');
    expect(await (await fetch(url, { method: 'DELETE' })).text()).toBe('');
  });

  it('is known by the message that it came from', async () => {
    const url = await serve((message, response) => {
      Object.assign(message, { user: 'ada' });
      nodeListener((request) => Response.json(Object.hasOwn(nodeRequest(request) ?? {}, 'user')), {
        publicUrl: ORIGIN,
      })(message, response);
    });
    expect(await (await fetch(url)).json()).toBe(true);
    expect(nodeRequest(new Request(ORIGIN))).toBeUndefined();
  });

  it('takes the bytes of a body parser that kept them, and refuses one that did not', async () => {
    const read =
      (keeps: boolean): NodeListener =>
      async (message, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of message) chunks.push(chunk as Buffer);
        if (keeps) Object.assign(message, { rawBody: Buffer.concat(chunks) });
        let failure: unknown;
        nodeListener(async (request) => new Response(await request.text()), { publicUrl: ORIGIN })(
          message,
          response,
          (error) => {
            failure = error;
            response.end((failure as Error).message);
          },
        );
      };
    const kept = await serve(read(true));
    expect(await (await fetch(kept, { method: 'POST', body: 'x=1' })).text()).toBe('x=1');
    server?.close();
    const lost = await serve(read(false));
    const text = await (await fetch(lost, { method: 'POST', body: 'x=1' })).text();
    expect(text).toContain('body: was read before the consent boundary could');
  });
});

describe('the Response', () => {
  it('is written with its status, headers and every cookie beside those that are set', async () => {
    const url = await serve((message, response) => {
      response.setHeader('set-cookie', 'first=1');
      const headers = new Headers({ 'x-one': '1', 'content-type': 'text/plain' });
      headers.append('set-cookie', 'a=1; Path=/');
      headers.append('set-cookie', 'b=2; Expires=Thu, 01 Jan 2030 00:00:00 GMT');
      nodeListener(() => new Response('hello', { status: 201, headers }), { publicUrl: ORIGIN })(
        message,
        response,
      );
    });
    const response = await fetch(url);
    expect([response.status, response.headers.get('x-one'), await response.text()]).toEqual([
      201,
      '1',
      'hello',
    ]);
    expect(response.headers.getSetCookie()).toEqual([
      'first=1',
      'a=1; Path=/',
      'b=2; Expires=Thu, 01 Jan 2030 00:00:00 GMT',
    ]);
  });

  it('to HEAD has no body, and its stream is let go of', async () => {
    let isCancelled = false;
    const body = new ReadableStream({
      cancel() {
        isCancelled = true;
      },
    });
    const url = await serveFetch(() => new Response(body, { headers: { 'content-length': '7' } }));
    const response = await fetch(url, { method: 'HEAD' });
    expect([response.headers.get('content-length'), await response.text()]).toEqual(['7', '']);
    expect(isCancelled).toBe(true);
  });

  it('streams as it comes, and ends with its reader', async () => {
    const ended = deferred<unknown>();
    let signal: AbortSignal | undefined;
    const url = await serveFetch((request) => {
      signal = request.signal;
      let count = 0;
      return new Response(
        new ReadableStream({
          async pull(controller) {
            count += 1;
            controller.enqueue(new TextEncoder().encode(`part ${count};`));
            await new Promise((resolve) => setImmediate(resolve));
          },
          cancel: () => ended.resolve('cancelled'),
        }),
      );
    });
    const abort = new AbortController();
    const response = await fetch(url, { signal: abort.signal });
    const reader = response.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value)).toContain('part 1;');
    expect(signal?.aborted).toBe(false);
    abort.abort();
    expect(await ended.promise).toBe('cancelled');
    expect(signal?.aborted).toBe(true);
  });

  it('is not written for who has gone while the handler ran', async () => {
    const begun = deferred<AbortSignal>();
    const ended = deferred<undefined>();
    const url = await serveFetch(async ({ signal }) => {
      begun.resolve(signal);
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      return new Response(new ReadableStream({ cancel: () => ended.resolve(undefined) }));
    });
    const abort = new AbortController();
    const response = fetch(url, { signal: abort.signal });
    const signal = await begun.promise;
    abort.abort();
    await expect(response).rejects.toThrow();
    await ended.promise;
    expect(signal.aborted).toBe(true);
  });

  it('of a handler that throws is a plain 500, or the next one', async () => {
    const told: unknown[] = [];
    const onError = (error: unknown, { url }: IncomingMessage) =>
      told.push([(error as Error).message, url]);
    const secret = () => Promise.reject(new Error('secret'));
    const url = await serve(nodeListener(secret, { publicUrl: ORIGIN, onError }));
    const response = await fetch(`${url}/a`);
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error']);
    expect(told).toEqual([['secret', '/a']]);
    server?.close();
    const failing = nodeListener(() => Promise.reject(new Error('mine')), { publicUrl: ORIGIN });
    const next = await serve((message, answer) =>
      failing(message, answer, (error) => answer.end(`next: ${(error as Error).message}`)),
    );
    expect(await (await fetch(next)).text()).toBe('next: mine');
  });

  it('to a method that no Request can have is 501', async () => {
    const url = await serveFetch(() => Promise.reject(new Error('not asked')));
    const { statusCode } = await raw(url, { method: 'TRACE' });
    expect(statusCode).toBe(501);
  });

  it('of a handler that throws is told of by a warning of the process, unless the app listens', async () => {
    const warned = once(process, 'warning');
    const url = await serveFetch(() => Promise.reject(new TypeError('a mistake')));
    expect((await fetch(url)).status).toBe(500);
    expect((await warned)[0]).toMatchObject({ name: 'TypeError', message: 'a mistake' });
  });

  it.each([
    [
      'throws',
      () => {
        throw new RangeError('no log');
      },
    ],
    ['rejects', () => Promise.reject(new RangeError('no log'))],
  ])(
    'of a handler that throws is a 500 also where onError %s, which is a warning',
    async (_, onError) => {
      const warned = once(process, 'warning');
      const failing = () => Promise.reject(new Error('secret'));
      const url = await serve(nodeListener(failing, { publicUrl: ORIGIN, onError }));
      expect((await fetch(url, { signal: AbortSignal.timeout(10_000) })).status).toBe(500);
      expect((await warned)[0]).toMatchObject({ name: 'RangeError', message: 'no log' });
    },
  );

  it('whose stream fails is cut off, not ended', async () => {
    const url = await serveFetch(
      () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode('half'));
            },
            pull: () => Promise.reject(new Error('broken')),
          }),
        ),
    );
    const response = await fetch(url);
    await expect(response.text()).rejects.toThrow();
  });
});

it('wants an origin', () => {
  for (const publicUrl of ['https://app.example.com/base', 'nothing', { origin: 'x' }]) {
    expect(() => nodeListener(() => new Response(''), { publicUrl })).toThrow('publicUrl');
  }
});
