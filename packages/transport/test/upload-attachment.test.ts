import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import {
  InvalidResponseError,
  RateLimitedError,
  RequestError,
  ResponseError,
  TimeoutError,
} from '@tributary/pipeline';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { fakeClock } from '@tributary/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type UploadAttachmentOptions, uploadAttachment } from '../src/attachments/index.js';
import { envelopeOf } from '../src/attachments/multipart.js';
import { uploadStream } from '../src/attachments/upload-stream.js';
import { retry } from '../src/index.js';
import { undiciTerminal } from '../src/undici/index.js';
import { failure } from './support/calls.js';
import { type TestApi, testApi } from './support/product-api.js';
import { json, serve } from './support/serve.js';

const PAGE = '98305';
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let sandbox: Sandbox;
let authorization: string;
let folder: string;
beforeAll(async () => {
  sandbox = await startSandbox();
  const { email, apiToken } = sandbox.people.admin;
  authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`;
  folder = await mkdtemp(join(tmpdir(), 'tributary-upload-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await sandbox.close();
});

const upload = async (options: Partial<UploadAttachmentOptions>, api?: TestApi) => {
  await using own =
    api ?? testApi({ base: sandbox.siteUrl, authorization, retry: retry({ baseDelay: 1 }) });
  return await uploadAttachment(own, { pageId: PAGE, ...options } as UploadAttachmentOptions);
};

/** What the media service has of an attachment. */
const stored = async (id: string): Promise<Uint8Array> => {
  const path = `/wiki/rest/api/content/${PAGE}/child/attachment/${id}/download`;
  const response = await fetch(sandbox.siteUrl + path, { headers: { authorization } });
  return new Uint8Array(await response.arrayBuffer());
};

const DATA = randomBytes(700_000);

async function* pieces(data: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += 50_000) yield data.subarray(at, at + 50_000);
}

describe('an upload to the sandbox', () => {
  const kinds: readonly (readonly [
    string,
    () => Promise<Partial<UploadAttachmentOptions>>,
    isSized: boolean,
  ])[] = [
    ['bytes', async () => ({ bytes: DATA }), true],
    ['an ArrayBuffer', async () => ({ bytes: new Uint8Array(DATA).buffer }), true],
    ['a Blob', async () => ({ blob: new Blob([DATA]) }), true],
    ['a web stream', async () => ({ stream: new Blob([DATA]).stream() }), false],
    [
      'a web stream of known size',
      async () => ({ stream: new Blob([DATA]).stream(), size: DATA.length }),
      true,
    ],
    ['a Node stream', async () => ({ stream: Readable.from(pieces(DATA)) }), false],
    [
      'a function that makes a stream',
      async () => ({ stream: () => pieces(DATA), size: DATA.length }),
      true,
    ],
    ['a file', async () => ({ file: await onDisk('a.bin') }), true],
    ['a file: URL', async () => ({ file: pathToFileURL(await onDisk('a b.bin')) }), true],
  ];
  const onDisk = async (name: string) => {
    await writeFile(join(folder, name), DATA);
    return join(folder, name);
  };

  for (const terminal of ['ky', 'undici'] as const) {
    test.for(kinds)(`of %s arrives whole, over ${terminal}`, async ([what, options, isSized]) => {
      sandbox.clearJournal();
      await using api = testApi({
        base: sandbox.siteUrl,
        authorization,
        ...(terminal === 'undici' && { terminal: undiciTerminal() }),
      });
      const progress: number[] = [];
      const uploaded = await upload(
        {
          filename: `${what}, ${terminal}.bin`,
          ...(await options()),
          onProgress: ({ transferred, total }) => {
            progress.push(transferred);
            expect(total).toBe(isSized ? DATA.length : undefined);
          },
        },
        api,
      );
      expect(uploaded).toMatchObject({ version: 1, size: DATA.length, sha256: hashOf(DATA) });
      expect(hashOf(await stored(uploaded.id))).toBe(uploaded.sha256);
      expect(progress.at(-1)).toBe(DATA.length);
      expect(progress).toEqual(progress.toSorted((a, b) => a - b));
      const headers: Readonly<Record<string, string>> = sandbox.requests[0]?.headers ?? {};
      expect(headers['content-length'] !== undefined).toBe(isSized);
      expect(headers['x-atlassian-token']).toBe('no-check');
    });
  }

  test('of a name that is there makes a version, with comment and without notice', async () => {
    const name = 'Bericht "Q3" – 日本.txt';
    const first = await upload({ bytes: Buffer.from('one'), filename: name });
    const second = await upload({
      bytes: Buffer.from('two!'),
      filename: name,
      comment: 'Größer\r\n--x',
      minorEdit: true,
    });
    expect(second).toMatchObject({ id: first.id, version: 2, size: 4 });
    expect(second.title).toBe(name);
    expect(second.body).toMatchObject({
      metadata: { comment: 'Größer\r\n--x', mediaType: 'text/plain' },
      version: { minorEdit: true },
    });
  });

  test('of nothing is an attachment too', async () => {
    const uploaded = await upload({ bytes: new Uint8Array(0), filename: 'empty.txt' });
    expect(uploaded).toMatchObject({ size: 0, sha256: hashOf(new Uint8Array(0)) });
  });

  test('is sent again where it can be read again', async () => {
    sandbox.clearJournal();
    sandbox.failNext({ method: 'PUT', status: 503 });
    const uploaded = await upload({ bytes: DATA, filename: 'again.bin' });
    expect(hashOf(await stored(uploaded.id))).toBe(hashOf(DATA));
    expect(sandbox.requests.filter(({ method }) => method === 'PUT')).toHaveLength(2);
  });

  test('of a stream is sent once', async () => {
    sandbox.clearJournal();
    sandbox.failNext({ method: 'PUT', status: 503 });
    const error = await failure(upload({ stream: new Blob([DATA]).stream(), filename: 'once' }));
    expect(error).toMatchObject({ code: 'RESPONSE_NOT_OK', status: 503 });
    expect(sandbox.requests.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });

  test('that is refused is an error', async () => {
    const { email, apiToken } = sandbox.people.reader;
    await using api = testApi({
      base: sandbox.siteUrl,
      authorization: `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`,
    });
    const error = await failure(upload({ bytes: DATA, filename: 'no.bin' }, api));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({ status: 403 });
  });

  test('is not held back longer than half of the idle timeout', async () => {
    sandbox.failNext({ method: 'PUT', status: 429, headers: { 'retry-after': '16' } });
    const error = await failure(upload({ bytes: DATA, filename: 'later.bin' }));
    expect(error).toBeInstanceOf(RateLimitedError);
    expect(error).toMatchObject({ retryAfterMs: 16_000 });
  });
});

/** A server that reads nothing by itself. */
const serveRaw = async (
  handler: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<AsyncDisposable & { readonly origin: string }> => {
  const server = createServer(handler);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

describe('an upload', () => {
  test('is read only as fast as it is taken', async () => {
    let taken = 0;
    await using server = await serveRaw((request) => request.pause());
    await using api = testApi({ base: server.origin });
    const stop = new AbortController();
    async function* endless() {
      for (;;) {
        taken += 65_536;
        yield new Uint8Array(65_536);
      }
    }
    const work = failure(upload({ stream: endless(), filename: 'x', signal: stop.signal }, api));
    let before = -1;
    while (taken === 0 || before !== taken) {
      before = taken;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // Sockets and their buffers hold a few MB on both sides.
    expect(taken).toBeLessThan(32 * 1024 * 1024);
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await work).toBe(reason);
  });

  test('that nobody takes any more fails after the idle timeout, and its stream is let go', async () => {
    const clock = fakeClock();
    await using server = await serveRaw((request) => request.pause());
    await using api = testApi({ base: server.origin });
    let isReleased = false;
    async function* endless() {
      try {
        for (;;) yield new Uint8Array(65_536);
      } finally {
        isReleased = true;
      }
    }
    const work = failure(
      upload({ stream: endless(), filename: 'x', clock, idleTimeout: 5000 }, api),
    );
    for (let i = 0; i < 4; i += 1) await new Promise((resolve) => setTimeout(resolve, 50));
    await clock.advance(5000);
    await clock.advance(5000);
    expect(await work).toBeInstanceOf(TimeoutError);
    await new Promise((resolve) => setImmediate(resolve));
    expect(isReleased).toBe(true);
    expect(clock.pending).toBe(0);
  });

  test('that goes on takes as long as it takes', async () => {
    const clock = fakeClock();
    await using server = await serve((_request, response) => {
      response.end(JSON.stringify({ id: 'att1' }));
    });
    await using api = testApi({ base: server.origin });
    async function* slow() {
      for (let i = 0; i < 10; i += 1) {
        await clock.advance(4000);
        yield new Uint8Array(1000);
      }
    }
    const uploaded = await upload({ stream: slow(), filename: 'x', clock, idleTimeout: 5000 }, api);
    expect(uploaded.size).toBe(10_000);
    expect(clock.pending).toBe(0);
  });

  test('whose content fails, fails with that, and is not sent again', async () => {
    const cause = new Error('disk on fire');
    let opened = 0;
    async function* broken() {
      opened += 1;
      yield new Uint8Array(10);
      throw cause;
    }
    const error = await failure(upload({ stream: broken, filename: 'x' }));
    expect(error).toBe(cause);
    expect(opened).toBe(1);
  });

  test('whose content comes when its try was given up already goes on with the next one', async () => {
    let give = (_chunk: Uint8Array) => {};
    async function* late() {
      yield await new Promise<Uint8Array>((resolve) => {
        give = resolve;
      });
    }
    const failures: unknown[] = [];
    const watcher = { onActive() {}, onDropped() {}, onBytes() {} };
    const onFailure = (error: unknown) => failures.push(error);
    const reader = uploadStream(late, { ...watcher, onFailure }).getReader();
    const reading = reader.read();
    const cancelled = reader.cancel();
    give(new Uint8Array(10));
    await Promise.all([reading, cancelled]);
    expect(failures).toEqual([]);
  });

  test('of empty chunks and ones of any size arrives whole', async () => {
    const chunk = fc.oneof(
      fc.constant(0),
      fc.integer({ min: 1, max: 3000 }),
      fc.constantFrom(262_144, 262_145, 700_000),
    );
    await using server = await serve((_request, response) => {
      response.end(JSON.stringify({ id: 'att1' }));
    });
    await using api = testApi({ base: server.origin });
    await fc.assert(
      fc.asyncProperty(fc.array(chunk, { maxLength: 6 }), async (sizes) => {
        async function* stream() {
          for (const size of sizes) yield new Uint8Array(size).fill(120);
        }
        const uploaded = await uploadAttachment(api, { pageId: PAGE, stream, filename: 'x' });
        const [, content = ''] =
          /\r\n\r\n(x*)\r\n--/.exec(server.received.at(-1)?.body ?? '') ?? [];
        expect(content).toHaveLength(uploaded.size);
        expect(uploaded.size).toBe(sizes.reduce((a, b) => a + b, 0));
      }),
      { numRuns: 20 },
    );
  });

  test.for([
    ['less', 9],
    ['more', 11],
  ] as const)('of %s bytes than it says is an error', async ([, size]) => {
    const stream = () => pieces(new Uint8Array(10));
    const error = await failure(upload({ stream, size, filename: 'x' }));
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ field: 'size' });
  });

  test('of a file that is cut off meanwhile is an error', async () => {
    const file = join(folder, 'shrinks.bin');
    await writeFile(file, DATA);
    let isCut = false;
    const error = await failure(
      upload({
        file,
        onProgress: () => {
          if (!isCut) void truncate(file, 1000);
          isCut = true;
        },
      }),
    );
    expect(error).toMatchObject({ field: 'size' });
  });

  test('that was stored in part only is an error', async () => {
    await using server = await serve((_request, response) => {
      response.end(JSON.stringify({ results: [{ id: 'att1', extensions: { fileSize: 9 } }] }));
    });
    await using api = testApi({ base: server.origin });
    const error = await failure(upload({ bytes: new Uint8Array(10), filename: 'x' }, api));
    expect(error).toBeInstanceOf(InvalidResponseError);
  });

  test('that gets an answer before its end goes no further', async () => {
    await using server = await serveRaw((_request, response) => {
      response.writeHead(413, { connection: 'close' }).end();
    });
    await using api = testApi({ base: server.origin });
    let isReleased = false;
    async function* endless() {
      try {
        for (;;) yield new Uint8Array(65_536);
      } finally {
        isReleased = true;
      }
    }
    const error = await failure(upload({ stream: endless(), filename: 'x' }, api));
    expect(['RESPONSE_NOT_OK', 'NETWORK_FAILED']).toContain((error as { code: string }).code);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isReleased).toBe(true);
  });
});

describe('to Data Center', () => {
  const uploads = async (existing: unknown[]) => {
    await using server = await serve((request, response) => {
      if (request.method === 'GET') response.end(JSON.stringify({ results: existing }));
      else response.end(JSON.stringify({ id: '7', title: 'a b.txt', version: { number: 3 } }));
    });
    await using api = testApi({ base: `${server.origin}/confluence`, deployment: 'data-center' });
    const bytes = Buffer.from('x');
    const done = await upload({ bytes, filename: 'a b.txt' }, api);
    expect(done).toMatchObject({ id: '7', version: 3 });
    return server.received.map(({ method, url }) => `${method} ${url}`);
  };
  const search =
    'GET /confluence/rest/api/content/98305/child/attachment?filename=a%20b.txt&limit=1';

  test('a new name is posted to the list', async () => {
    expect(await uploads([])).toEqual([
      search,
      'POST /confluence/rest/api/content/98305/child/attachment',
    ]);
  });

  test('a name that is there gets another version of its data', async () => {
    expect(await uploads([{ id: '7' }])).toEqual([
      search,
      'POST /confluence/rest/api/content/98305/child/attachment/7/data',
    ]);
  });
});

describe('refused before anything is sent', () => {
  const cases: readonly (readonly [what: string, options: object, field: string])[] = [
    ['no content', { filename: 'x' }, 'content'],
    ['two contents', { bytes: DATA, blob: new Blob([]), filename: 'x' }, 'content'],
    ['bytes without a name', { bytes: DATA }, 'filename'],
    ['text for bytes', { bytes: 'text', filename: 'x' }, 'bytes'],
    ['a list for a stream', { stream: [1], filename: 'x' }, 'stream'],
    ['a size that is none', { stream: new Blob([]).stream(), size: -1, filename: 'x' }, 'size'],
    [
      'a media type that is none',
      { bytes: DATA, filename: 'x', contentType: 'a\r\nb' },
      'contentType',
    ],
    ['a file that is not there', { file: '/nowhere/at/all' }, 'file'],
    ['a folder', { file: tmpdir() }, 'file'],
    ['an idle timeout of 0', { bytes: DATA, filename: 'x', idleTimeout: 0 }, 'idleTimeout'],
    [
      'a deployment that is none',
      { bytes: DATA, filename: 'x', deployment: 'server' },
      'deployment',
    ],
  ];
  test.for(cases)('%s', async ([, options, field]) => {
    await using server = await serve(json);
    await using api = testApi({ base: server.origin });
    const error = await failure(upload(options as Partial<UploadAttachmentOptions>, api));
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ field });
    expect(server.received).toEqual([]);
  });
});

test('any field and file name come back from a form as they went in', async () => {
  const text = fc.string({ unit: 'grapheme' });
  await fc.assert(
    fc.asyncProperty(text, text, fc.uint8Array(), async (comment, name, bytes) => {
      // The standard writes these, and their escapes, the same way.
      const filename = `${name.replaceAll(/[\r\n"%\0]/g, '_')}.txt`;
      const { contentType, before, after } = envelopeOf([{ name: 'comment', value: comment }], {
        name: 'file',
        filename,
        type: 'text/plain',
      });
      const body = new Blob([before as BlobPart, bytes as BlobPart, after as BlobPart]);
      const form = await new Response(body, {
        headers: { 'content-type': contentType },
      }).formData();
      expect(form.get('comment')).toBe(comment);
      const file = form.get('file') as File;
      expect(file.name).toBe(filename);
      expect(new Uint8Array(await file.arrayBuffer())).toEqual(new Uint8Array(bytes));
    }),
  );
});
