import { createHash, randomBytes } from 'node:crypto';
import { NetworkError } from '@tributary/pipeline';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AttachmentChangedError, downloadAttachment } from '../src/attachments/index.js';
import { readContentRange } from '../src/attachments/representation.js';
import { answerMedia, DATA, download, hashOf, type Media, readAll } from './support/media.js';
import { SECRET, testApi } from './support/product-api.js';
import { serve } from './support/serve.js';

describe('a download that is cut', () => {
  test('goes on where it stood, as often as it takes', async () => {
    const { bytes, requests, received } = await download(() => ({ cutAfter: 50_000 }));
    expect(hashOf(bytes ?? new Uint8Array())).toBe(hashOf(DATA));
    expect(requests.length).toBeGreaterThan(5);
    expect(requests.every((range, at) => (at === 0 ? range === 'all' : range !== 'all'))).toBe(
      true,
    );
    expect(received.some(({ headers }) => headers.authorization !== undefined)).toBe(false);
  });

  test('goes on by date where there is no ETag', async () => {
    const headers = { 'last-modified': 'Tue, 24 Nov 2026 10:00:00 GMT' };
    const { bytes } = await download(() => ({ cutAfter: 200_000, etag: '', headers }));
    expect(hashOf(bytes ?? new Uint8Array())).toBe(hashOf(DATA));
  });

  test('goes on where Range is ignored, and hands out no byte twice', async () => {
    const { bytes, requests } = await download((_request, count) => ({
      cutAfter: count === 1 ? 100_000 : undefined,
      ignoresRange: true,
    }));
    expect(hashOf(bytes ?? new Uint8Array())).toBe(hashOf(DATA));
    expect(requests).toHaveLength(2);
  });

  test('of a chunked answer goes on too', async () => {
    const { bytes } = await download(() => ({ cutAfter: 200_000, isChunked: true }));
    expect(hashOf(bytes ?? new Uint8Array())).toBe(hashOf(DATA));
  });

  test('can be read into buffers of the reader’s own, of whatever size', async () => {
    await using site = await serve((request, response) => {
      answerMedia(request, { cutAfter: 100_000 }, response);
    });
    await using api = testApi({ base: site.origin });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1000, max: 200_000 }), async (size) => {
        const { stream } = await downloadAttachment(api, {
          pageId: 1,
          attachmentId: 2,
          random: () => 0,
        });
        const reader = stream.getReader({ mode: 'byob' });
        const hash = createHash('sha256');
        let buffer = new ArrayBuffer(size);
        for (;;) {
          const { done, value } = await reader.read(new Uint8Array(buffer));
          if (value === undefined || done) break;
          hash.update(value);
          buffer = value.buffer;
          expect(buffer.byteLength).toBe(size);
        }
        expect(hash.digest('hex')).toBe(hashOf(DATA));
      }),
      { numRuns: 5 },
    );
  });

  test('goes on where the server would compress, since it is told not to', async () => {
    const { bytes, requests } = await download(() => ({ cutAfter: 200_000, compresses: true }));
    expect(hashOf(bytes ?? new Uint8Array())).toBe(hashOf(DATA));
    expect(requests).toEqual(['all', 'bytes=200000-']);
  });

  test('tells the media service, too, which one is meant', async () => {
    const { received } = await download(() => ({ cutAfter: 200_000 }));
    expect(received.map(({ headers }) => headers['if-range'])).toEqual([undefined, '"one"']);
  });

  const other = new Uint8Array(randomBytes(DATA.length));
  const changes: readonly (readonly [string, Media])[] = [
    ['another ETag', { data: other, etag: '"two"' }],
    ['no ETag any more', { data: other, etag: '' }],
    ['another size', { data: other.subarray(0, 250_000) }],
    ['less than was read', { data: other.subarray(0, 10) }],
    ['a compressed answer', { data: other, headers: { 'content-encoding': 'x-unknown' } }],
  ];
  test.for(changes)('is an error when the rest has %s', async ([, rest]) => {
    const { error, bytes } = await download((_request, count) =>
      count === 1 ? { cutAfter: 100_000 } : rest,
    );
    expect(bytes).toBeUndefined();
    expect(error).toBeInstanceOf(AttachmentChangedError);
    expect(error).toMatchObject({ code: 'ATTACHMENT_CHANGED', retryable: true });
  });

  test('is an error where nothing tells whether the rest would fit', async () => {
    const { error, requests } = await download(() => ({ cutAfter: 100_000, etag: '' }));
    expect(error).toBeInstanceOf(NetworkError);
    expect(JSON.stringify(error)).not.toContain('canary');
    expect(requests).toEqual(['all']);
  });

  test('again and again without a byte is given up', async () => {
    const { error, requests } = await download(
      (_request, count) => ({ cutAfter: count === 1 ? 100_000 : 0 }),
      { resumes: 2 },
    );
    expect(error).toBeInstanceOf(NetworkError);
    expect(requests).toHaveLength(3);
  });

  test('is an error at once with resumes: 0', async () => {
    const { error, requests } = await download(() => ({ cutAfter: 100_000 }), { resumes: 0 });
    expect(error).toBeInstanceOf(NetworkError);
    expect(requests).toHaveLength(1);
  });

  test('where it stands under the base, the server is told which one is meant', async () => {
    await using site = await serve((request, response) => {
      answerMedia(request, { cutAfter: 200_000 }, response);
    });
    await using api = testApi({ base: site.origin });
    const { stream } = await downloadAttachment(api, {
      pageId: 1,
      attachmentId: 2,
      random: () => 0,
    });
    expect(hashOf(await readAll(stream))).toBe(hashOf(DATA));
    expect(site.received.map(({ headers }) => headers['if-range'])).toEqual([undefined, '"one"']);
    expect(site.received.every(({ headers }) => headers.authorization === SECRET)).toBe(true);
  });
});

test('a Content-Range is read, or is none', () => {
  expect(readContentRange('bytes 10-19/20')).toEqual({ start: 10, size: 20 });
  expect(readContentRange('Bytes 10-19/*')).toEqual({ start: 10, size: undefined });
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readContentRange(text)).toBeUndefined();
    }),
  );
});
