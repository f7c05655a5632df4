import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { ConfigError, RequestError, Secret } from '@tributary/pipeline';
import { describe, expect, test } from 'vitest';
import { kyTerminal } from '../src/index.js';
import { VERSION } from '../src/version.js';
import { callTo, failure, SECRET } from './support/calls.js';
import { json, serve } from './support/serve.js';

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

const dataCenter = { deployment: 'data-center', url: 'https://example.com/' } as const;

describe('headers', () => {
  test('the version in the User-Agent is the package’s', () => {
    expect(VERSION).toBe(manifest.version);
  });

  test('credential, Accept and User-Agent are set where the caller gave none', async () => {
    await using server = await serve(json);
    await kyTerminal().send(callTo(`${server.origin}/`));
    const headers = server.received[0]?.headers;
    expect(headers?.authorization).toBe(SECRET);
    expect(headers?.accept).toBe('application/json');
    expect(headers?.['user-agent']).toBe(`tributary/${VERSION}`);
    expect(headers).not.toHaveProperty('x-atlassian-token');
  });

  test('the application stands in front of our product, and a caller’s own headers win', async () => {
    await using server = await serve(json);
    const terminal = kyTerminal({ userAgent: 'my-app/1.0' });
    await terminal.send(callTo(`${server.origin}/`));
    await terminal.send(
      callTo(`${server.origin}/`, { headers: { 'user-agent': 'mine/2', accept: 'text/html' } }),
    );
    const [first, second] = server.received;
    expect(first?.headers['user-agent']).toBe(`my-app/1.0 tributary/${VERSION}`);
    expect(second?.headers['user-agent']).toBe('mine/2');
    expect(second?.headers.accept).toBe('text/html');
  });

  test.each(['a\r\nb', 'é', ' a', '', 'Mozilla/5.0 (X11)'])(
    'userAgent %j is refused',
    (userAgent) => {
      expect(() => kyTerminal({ userAgent })).toThrow(ConfigError);
    },
  );

  test.each([
    ['cloud', 'GET', undefined, undefined],
    ['cloud', 'POST', 'json', undefined],
    ['cloud', 'POST', 'form', 'no-check'],
    ['cloud', 'PUT', 'multipart', 'no-check'],
    ['data-center', 'GET', undefined, undefined],
    ['data-center', 'HEAD', undefined, undefined],
    ['data-center', 'POST', 'json', 'no-check'],
    ['data-center', 'DELETE', undefined, 'no-check'],
    ['data-center', 'POST', 'form', 'no-check'],
  ] as const)('X-Atlassian-Token: %s %s %s → %s', async (deployment, method, kind, expected) => {
    await using server = await serve(json);
    const form = new FormData();
    form.set('file', new Blob(['x']), 'x.txt');
    const body =
      kind === undefined ? {} : { body: kind === 'form' ? form : kind === 'json' ? '{}' : 'parts' };
    const headers: Record<string, string> =
      kind === 'multipart' ? { 'content-type': 'Multipart/Form-Data; boundary=b' } : {};
    const base = `${server.origin}/`;
    const site = deployment === 'cloud' ? { deployment, url: base } : dataCenter;
    await kyTerminal().send(callTo(base, { site, method, headers, ...body }));
    expect(server.received[0]?.headers['x-atlassian-token']).toBe(expected);
  });

  test('a caller’s own X-Atlassian-Token wins', async () => {
    await using server = await serve(json);
    const headers = { 'x-atlassian-token': 'nocheck' };
    await kyTerminal().send(
      callTo(`${server.origin}/`, { site: dataCenter, method: 'POST', headers, body: '{}' }),
    );
    expect(server.received[0]?.headers['x-atlassian-token']).toBe('nocheck');
  });

  test('a value that can’t be a header is refused without being shown', async () => {
    await using server = await serve(json);
    const base = `${server.origin}/`;
    const secret = 'Bearer hush\r\nx-evil: 1';
    for (const call of [
      callTo(base, { credential: { authorization: new Secret(secret), base } }),
      callTo(base, { headers: { 'x-key': 'hush\0' } }),
      callTo(base, { headers: { 'x-key': 'hush\u20ac' } }),
    ]) {
      const error = await failure(kyTerminal().send(call));
      expect(error).toBeInstanceOf(RequestError);
      expect(inspect(error)).not.toContain('hush');
    }
    expect(server.received).toEqual([]);
  });
});

describe('bodies', () => {
  const stream = (text: string) => new Blob([text]).stream();
  const kinds = {
    string: 'text',
    bytes: new TextEncoder().encode('text'),
    URLSearchParams: new URLSearchParams('te=xt'),
    Blob: new Blob(['text']),
    stream: stream('text'),
    factory: () => stream('text'),
  } as const;

  test.each(Object.entries(kinds))('%s', async (_kind, body) => {
    await using server = await serve(json);
    await kyTerminal().send(callTo(`${server.origin}/`, { method: 'PUT', body }));
    expect(server.received[0]?.body.replace('=', '')).toBe('text');
  });

  test('FormData is encoded with a boundary of its own, whatever content-type the caller gave', async () => {
    await using server = await serve(json);
    const body = new FormData();
    body.set('comment', 'hello');
    const headers = { 'content-type': 'multipart/form-data' };
    await kyTerminal().send(callTo(`${server.origin}/`, { method: 'POST', body, headers }));
    const [request] = server.received;
    const boundary = /boundary=(.+)$/.exec(request?.headers['content-type'] ?? '')?.[1];
    expect(boundary).toBeDefined();
    expect(request?.body).toContain(boundary);
    expect(request?.body).toContain('hello');
  });

  test('a factory that throws is the caller’s error, and is kept as the cause', async () => {
    const cause = new Error('no such file');
    const body = () => {
      throw cause;
    };
    const error = await failure(
      kyTerminal().send(callTo('http://127.0.0.1:9/', { method: 'PUT', body })),
    );
    expect(error).toBeInstanceOf(RequestError);
    expect((error as Error).cause).toBe(cause);
  });

  test('a body on a GET is a RequestError', async () => {
    const call = callTo('http://127.0.0.1:9/', { body: 'x' });
    expect(await failure(kyTerminal().send(call))).toBeInstanceOf(RequestError);
  });

  test('an upload is streamed: the second chunk is made after the first arrived', async () => {
    let release = () => {};
    const arrived = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { createServer } = await import('node:http');
    const server = createServer((request, response) => {
      request.once('data', () => release());
      request.on('end', () => response.end('done'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as import('node:net').AddressInfo;
    let pulls = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        pulls += 1;
        if (pulls === 1) controller.enqueue(new TextEncoder().encode('one'));
        else {
          await arrived;
          controller.close();
        }
      },
    });
    const response = await kyTerminal().send(
      callTo(`http://127.0.0.1:${port}/`, { method: 'POST', body }),
    );
    expect(await response.text()).toBe('done');
    server.close();
    server.closeAllConnections();
  });

  test('a download is streamed: the first chunk is there before the last is sent', async () => {
    let finish = () => {};
    await using server = await serve((_request, response) => {
      response.writeHead(200).write('one');
      finish = () => response.end('two');
    });
    const response = await kyTerminal().send(callTo(`${server.origin}/`));
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('one');
    finish();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('two');
  });
});

describe('fetch', () => {
  test('its init holds nothing of a polluted Object.prototype', async () => {
    const seen: unknown[] = [];
    const fetch: typeof globalThis.fetch = (_, init) => {
      Object.defineProperty(Object.prototype, 'body', { value: 'evil', configurable: true });
      seen.push(init?.body, init?.method);
      Reflect.deleteProperty(Object.prototype, 'body');
      return Promise.resolve(new Response('{}'));
    };
    await kyTerminal({ fetch }).send(callTo('https://example.com/x/', { method: 'POST' }));
    expect(seen).toEqual([undefined, 'POST']);
  });

  test('a fetch of one’s own is called with URL and init', async () => {
    const seen: unknown[][] = [];
    const fetch: typeof globalThis.fetch = (...args) => {
      seen.push(args);
      return Promise.resolve(new Response('{}'));
    };
    await kyTerminal({ fetch }).send(callTo('https://example.com/x/'));
    expect(seen).toEqual([
      [
        'https://example.com/x/wiki/api/v2/pages/42',
        {
          method: 'GET',
          redirect: 'manual',
          headers: {
            accept: 'application/json',
            authorization: SECRET,
            'user-agent': `tributary/${VERSION}`,
          },
        },
      ],
    ]);
  });

  test('a global fetch that is replaced later is used', async () => {
    const terminal = kyTerminal();
    const original = globalThis.fetch;
    globalThis.fetch = () => Promise.resolve(new Response('replaced'));
    try {
      const response = await terminal.send(callTo('https://example.com/'));
      expect(await response.text()).toBe('replaced');
    } finally {
      globalThis.fetch = original;
    }
  });
});
