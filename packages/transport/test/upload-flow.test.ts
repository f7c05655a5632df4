import { once } from 'node:events';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidResponseError, RequestError, TimeoutError } from '@tributary/pipeline';
import { fakeClock } from '@tributary/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type UploadAttachmentOptions, uploadAttachment } from '../src/attachments/index.js';
import { envelopeOf } from '../src/attachments/multipart.js';
import { uploadStream } from '../src/attachments/upload-stream.js';
import { retry } from '../src/index.js';
import { failure } from './support/calls.js';
import { type TestApi, testApi } from './support/product-api.js';
import { serve } from './support/serve.js';

const PAGE = '98305';

/** To a server of its own, which takes all there is, unless there is an api. */
const upload = async (options: Partial<UploadAttachmentOptions>, api?: TestApi) => {
  await using server = await serve((_request, response) => {
    response.end(JSON.stringify({ id: 'att1' }));
  });
  await using own = testApi({ base: server.origin, retry: retry({ baseDelay: 1 }) });
  return await uploadAttachment(api ?? own, {
    pageId: PAGE,
    ...options,
  } as UploadAttachmentOptions);
};

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

/** Content without an end, and what became of it. */
const endless = () => {
  const seen = { taken: 0, isReleased: false };
  async function* content() {
    try {
      for (;;) {
        seen.taken += 65_536;
        yield new Uint8Array(65_536);
      }
    } finally {
      seen.isReleased = true;
    }
  }
  return { stream: content(), seen };
};

describe('an upload', () => {
  test('is read only as fast as it is taken', async () => {
    await using server = await serveRaw((request) => request.pause());
    await using api = testApi({ base: server.origin });
    const stop = new AbortController();
    const { stream, seen } = endless();
    const work = failure(upload({ stream, filename: 'x', signal: stop.signal }, api));
    let before = -1;
    while (seen.taken === 0 || before !== seen.taken) {
      before = seen.taken;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    // Sockets and their buffers hold a few MB on both sides.
    expect(seen.taken).toBeLessThan(32 * 1024 * 1024);
    const reason = new Error('enough');
    stop.abort(reason);
    expect(await work).toBe(reason);
  });

  test('that nobody takes any more fails after the idle timeout, and its stream is let go', async () => {
    const clock = fakeClock();
    await using server = await serveRaw((request) => request.pause());
    await using api = testApi({ base: server.origin });
    const { stream, seen } = endless();
    const work = failure(upload({ stream, filename: 'x', clock, idleTimeout: 5000 }, api));
    let isOver = false;
    const over = work.finally(() => {
      isOver = true;
    });
    // As often as it takes: until the buffers are full, it goes on.
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      await clock.advance(5000);
    }
    expect(await over).toBeInstanceOf(TimeoutError);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen.isReleased).toBe(true);
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
    async function* stream() {
      for (let i = 0; i < 5; i += 1) yield new Uint8Array(2);
    }
    const error = await failure(upload({ stream, size, filename: 'x' }));
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ field: 'size' });
  });

  test('of a file that is cut off meanwhile is an error', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-upload-'));
    const file = join(folder, 'shrinks.bin');
    await writeFile(file, new Uint8Array(700_000));
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
    await rm(folder, { recursive: true });
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
    const { stream, seen } = endless();
    const error = await failure(upload({ stream, filename: 'x' }, api));
    expect(['RESPONSE_NOT_OK', 'NETWORK_FAILED']).toContain((error as { code: string }).code);
    await expect.poll(() => seen.isReleased).toBe(true);
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
