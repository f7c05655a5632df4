import { createHash, randomBytes } from 'node:crypto';
import { NetworkError, RequestError, ResponseError } from '@tributary/pipeline';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { fakeClock } from '@tributary/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  AttachmentChangedError,
  type DownloadAttachmentOptions,
  downloadAttachment,
  uploadAttachment,
} from '../src/attachments/index.js';
import { readContentRange } from '../src/attachments/representation.js';
import { undiciTerminal } from '../src/undici/index.js';
import { failure } from './support/calls.js';
import { SECRET, type TestApi, testApi } from './support/product-api.js';
import { type Answer, type Received, serve } from './support/serve.js';

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const readAll = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
};

describe('from the sandbox', () => {
  const PAGE = '98305';
  let sandbox: Sandbox;
  let authorization: string;
  beforeAll(async () => {
    sandbox = await startSandbox();
    const { email, apiToken } = sandbox.people.admin;
    authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`;
  });
  afterAll(() => sandbox.close());

  for (const terminal of ['ky', 'undici'] as const) {
    test(`16 MiB go up and come down again, over ${terminal}, without the credential at the media service`, async () => {
      await using api = testApi({
        base: sandbox.siteUrl,
        authorization,
        ...(terminal === 'undici' && { terminal: undiciTerminal() }),
      });
      const block = randomBytes(1024 * 1024);
      const filename = `big, ${terminal}.bin`;
      async function* content() {
        for (let i = 0; i < 16; i += 1) {
          block.writeUInt32LE(i, 0);
          yield Uint8Array.from(block);
        }
      }
      const size = 16 * block.length;
      const uploaded = await uploadAttachment(api, {
        pageId: PAGE,
        stream: content,
        size,
        filename,
      });
      sandbox.clearJournal();

      let last = 0;
      const download = await downloadAttachment(api, {
        pageId: PAGE,
        attachmentId: uploaded.id,
        onProgress: ({ transferred, total }) => {
          expect(total).toBe(size);
          last = transferred;
        },
      });
      expect(download).toMatchObject({ size, mediaType: 'application/octet-stream' });
      const hash = createHash('sha256');
      for await (const chunk of download.stream) hash.update(chunk);
      expect(hash.digest('hex')).toBe(uploaded.sha256);
      expect(last).toBe(size);
      expect(sandbox.requests.map(({ listener, status }) => [listener, status])).toEqual([
        ['site', 302],
        ['media', 200],
      ]);
      expect(sandbox.requests[1]?.headers.authorization).toBeUndefined();
    });
  }

  test('an older version, an empty one, and one that is not there', async () => {
    await using api = testApi({ base: sandbox.siteUrl, authorization });
    const target = { pageId: PAGE, filename: 'versions.txt' };
    await uploadAttachment(api, { ...target, bytes: new Uint8Array(0) });
    const { id } = await uploadAttachment(api, { ...target, bytes: Buffer.from('two') });
    const text = async (version?: number) => {
      const wanted = { pageId: PAGE, attachmentId: id, ...(version && { version }) };
      const { stream } = await downloadAttachment(api, wanted);
      return Buffer.from(await readAll(stream)).toString();
    };
    expect([await text(), await text(1), await text(2)]).toEqual(['two', '', 'two']);
    const error = await failure(text(9));
    expect(error).toBeInstanceOf(ResponseError);
    expect(error).toMatchObject({ status: 404 });
  });
});

const DATA = new Uint8Array(randomBytes(300_000));

interface Media {
  readonly data?: Uint8Array;
  readonly etag?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Cuts each answer after so many bytes; undefined: never. */
  readonly cutAfter?: number | undefined;
  readonly ignoresRange?: boolean;
  readonly isChunked?: boolean;
}

/** What a media service does, and what goes wrong with it. */
const answerMedia = (request: Received, media: Media, response: Parameters<Answer>[1]): void => {
  const { data = DATA, etag = '"one"', headers = {}, cutAfter } = media;
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const start = from === undefined || media.ignoresRange ? undefined : Number(from);
  if (start !== undefined && start >= data.length) {
    response.writeHead(416).end();
    return;
  }
  const rest = data.subarray(start ?? 0);
  response.writeHead(start === undefined ? 200 : 206, {
    ...(etag !== '' && { etag }),
    ...(!media.isChunked && { 'content-length': rest.length }),
    ...(start !== undefined && {
      'content-range': `bytes ${start}-${data.length - 1}/${data.length}`,
    }),
    ...headers,
  });
  if (cutAfter === undefined || rest.length <= cutAfter) {
    response.end(rest);
    return;
  }
  response.write(rest.subarray(0, cutAfter), () => setTimeout(() => response.destroy(), 20));
};

interface Download {
  readonly bytes?: Uint8Array;
  readonly error?: unknown;
  readonly requests: readonly string[];
  readonly received: readonly Received[];
}

/** Downloads from a site that redirects to another origin, which answers by `media`. */
const download = async (
  mediaOf: (request: Received, count: number) => Media,
  options: Partial<DownloadAttachmentOptions> = {},
): Promise<Download> => {
  let count = 0;
  await using media = await serve((request, response) => {
    count += 1;
    answerMedia(request, mediaOf(request, count), response);
  });
  await using site = await serve((_request, response) => {
    response.writeHead(302, { location: `${media.origin}/file?token=canary` }).end();
  });
  await using api = testApi({ base: site.origin });
  const result = (rest: Partial<Download>): Download => ({
    requests: media.received.map(({ headers }) => headers.range ?? 'all'),
    received: media.received,
    ...rest,
  });
  try {
    const { stream } = await downloadAttachment(api, {
      pageId: 1,
      attachmentId: 'att2',
      random: () => 0,
      ...options,
    });
    return result({ bytes: await readAll(stream) });
  } catch (error) {
    return result({ error });
  }
};

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

describe('a download', () => {
  /** Sends the first bytes and then nothing, once; then all that is left. */
  const silentOnce = (): Answer => {
    let count = 0;
    return (request, response) => {
      count += 1;
      if (count > 1) return answerMedia(request, {}, response);
      response.writeHead(200, { etag: '"one"', 'content-length': DATA.length });
      response.write(DATA.subarray(0, 1000));
    };
  };

  test('from a server that goes silent is taken up again after the idle timeout', async () => {
    const clock = fakeClock();
    await using server = await serve(silentOnce());
    await using api = testApi({ base: server.origin });
    const { stream } = await downloadAttachment(api, {
      pageId: 1,
      attachmentId: 2,
      clock,
      random: () => 0,
      idleTimeout: 5000,
    });
    const reader = stream.getReader();
    const first = await reader.read();
    const second = reader.read();
    await clock.advance(5000);
    await clock.advance(1);
    const next = await second;
    reader.releaseLock();
    const rest = await readAll(stream);
    const all = Buffer.concat([first.value ?? [], next.value ?? [], rest] as Uint8Array[]);
    expect(hashOf(all)).toBe(hashOf(DATA));
    expect(clock.pending).toBe(0);
  });

  test('that is read slowly is no silent server', async () => {
    const clock = fakeClock();
    await using server = await serve((request, response) => answerMedia(request, {}, response));
    await using api = testApi({ base: server.origin });
    const { stream } = await downloadAttachment(api, {
      pageId: 1,
      attachmentId: 2,
      clock,
      idleTimeout: 5000,
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream) {
      chunks.push(chunk);
      await clock.advance(60_000);
    }
    expect(hashOf(Buffer.concat(chunks))).toBe(hashOf(DATA));
    expect(server.received).toHaveLength(1);
  });

  test('that is cancelled closes its connection', async () => {
    let isClosed: () => void = () => {};
    const closed = new Promise<void>((resolve) => {
      isClosed = resolve;
    });
    await using server = await serve((_request, response) => {
      response.once('close', isClosed);
      response.writeHead(200, { etag: '"one"' }).write(DATA);
    });
    await using api = testApi({ base: server.origin });
    const { stream } = await downloadAttachment(api, { pageId: 1, attachmentId: 2 });
    await stream.cancel();
    await closed;
  });

  test('ends with the caller’s reason, before and while it is read', async () => {
    await using server = await serve(silentOnce());
    await using api = testApi({ base: server.origin });
    const stop = new AbortController();
    const wanted = { pageId: 1, attachmentId: 2, signal: stop.signal };
    const { stream } = await downloadAttachment(api, wanted);
    const reader = stream.getReader();
    await reader.read();
    const reason = new Error('enough');
    const pending = failure(reader.read());
    stop.abort(reason);
    expect(await pending).toBe(reason);
    expect(await failure(downloadAttachment(api, wanted))).toBe(reason);
    expect(server.received).toHaveLength(1);
  });

  test.for([
    ['resumes', -1],
    ['idleTimeout', Number.NaN],
    ['deployment', 'server'],
  ] as const)('with a wrong %s is refused', async ([field, value]) => {
    const api = { requestConfluence: () => Promise.reject(new Error('not to be called')) };
    const options = { pageId: 1, attachmentId: 2, [field]: value } as DownloadAttachmentOptions;
    const error = await failure(downloadAttachment(api, options));
    expect(error).toBeInstanceOf(RequestError);
    expect(error).toMatchObject({ field });
  });
});

describe('from Data Center', () => {
  const from = async (
    link: unknown,
    use: (api: TestApi) => Promise<unknown>,
  ): Promise<{ readonly result: unknown; readonly urls: string[] }> => {
    await using server = await serve((request, response) => {
      if (request.url.includes('/download/')) response.end('bytes');
      else response.end(JSON.stringify({ id: '7', _links: { download: link } }));
    });
    await using api = testApi({ base: `${server.origin}/confluence`, deployment: 'data-center' });
    const result = await use(api);
    return { result, urls: server.received.map(({ url }) => url) };
  };
  const read = (version?: number) => async (api: TestApi) => {
    const { stream } = await downloadAttachment(api, {
      pageId: 1,
      attachmentId: 7,
      ...(version !== undefined && { version }),
    });
    return Buffer.from(await readAll(stream)).toString();
  };
  const LINK = '/download/attachments/1/a%20b.txt?version=2&modificationDate=99&api=v2';

  test('the servlet is asked, under the context path', async () => {
    const { result, urls } = await from(LINK, read());
    expect(result).toBe('bytes');
    expect(urls).toEqual(['/confluence/rest/api/content/7', `/confluence${LINK}`]);
  });

  test('also where the link names host and context path', async () => {
    const { urls } = await from(`https://elsewhere.example/confluence${LINK}`, read(1));
    expect(urls[1]).toBe('/confluence/download/attachments/1/a%20b.txt?version=1&api=v2');
  });

  test.for([undefined, '/admin', 'https://', 7])('a link that is %s is an error', async (link) => {
    const { result, urls } = await from(link, (api) => failure(read()(api)));
    expect(result).toMatchObject({ code: 'RESPONSE_INVALID' });
    expect(urls).toHaveLength(1);
  });

  test('a link that climbs out is never followed', async () => {
    const link = '/download/attachments/..%2f..%2f..%2fadmin';
    const { result, urls } = await from(link, (api) => failure(read()(api)));
    expect(result).toMatchObject({ code: 'OUT_OF_BASE' });
    expect(urls).toHaveLength(1);
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
