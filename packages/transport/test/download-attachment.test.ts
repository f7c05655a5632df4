import { createHash, randomBytes } from 'node:crypto';
import { RequestError, ResponseError } from '@tributary/pipeline';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { fakeClock } from '@tributary/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type DownloadAttachmentOptions,
  downloadAttachment,
  uploadAttachment,
} from '../src/attachments/index.js';
import { undiciTerminal } from '../src/undici/index.js';
import { failure } from './support/calls.js';
import { answerMedia, DATA, hashOf, readAll } from './support/media.js';
import { type TestApi, testApi } from './support/product-api.js';
import { type Answer, serve } from './support/serve.js';

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

test.for([{ Range: 'bytes=9-' }, [['range', 'bytes=0-9']] as const, new Headers({ range: 'x' })])(
  'a Range of the caller’s own is refused, since a resume would go by another one: %j',
  async (headers) => {
    const api = { requestConfluence: () => Promise.reject(new Error('not to be called')) };
    const options = { pageId: 1, attachmentId: 2, request: { headers } };
    const error = await failure(downloadAttachment(api, options));
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', field: 'request.headers.range' });
  },
);

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
