import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { RateLimitedError, RequestError, ResponseError } from '@tributary/pipeline';
import { type Sandbox, startSandbox } from '@tributary/sandbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type UploadAttachmentOptions, uploadAttachment } from '../src/attachments/index.js';
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
