import assert from 'node:assert/strict';
import type { CallBody } from '@tributary/pipeline';
import { TributaryError } from '@tributary/pipeline';
import { patience, rejectionOf, within } from '../waiting.js';
import type { TerminalBench } from './harness.js';
import { deliver } from './request-cases.js';
import { ok } from './server.js';
import type { TerminalCase } from './terminal-case.js';

const encoder = new TextEncoder();
const MEGABYTE = 1024 * 1024;

const streamOf = (...chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });

const form = (): FormData => {
  const body = new FormData();
  body.set('a', 'b');
  return body;
};

interface Kind {
  readonly body: () => CallBody;
  readonly type: RegExp | undefined;
  /** Bytes that Content-Length says; undefined where nobody can know them. */
  readonly length: number | undefined;
}

/** fetch standard, "extract a body". */
const KINDS: Readonly<Record<string, Kind>> = {
  'a string': { body: () => 'b\u00f6dy', type: /^text\/plain;\s?charset=utf-8$/i, length: 5 },
  'an empty string': { body: () => '', type: /^text\/plain/, length: 0 },
  bytes: { body: () => encoder.encode('body'), type: undefined, length: 4 },
  'no bytes': { body: () => new Uint8Array(), type: undefined, length: 0 },
  'a view of some bytes': {
    body: () => new Uint8Array(encoder.encode('some body else').buffer, 5, 4),
    type: undefined,
    length: 4,
  },
  'a query': {
    body: () => new URLSearchParams({ q: 'b c' }),
    type: /^application\/x-www-form-urlencoded;\s?charset=utf-8$/i,
    length: 5,
  },
  'a Blob': {
    body: () => new Blob(['body'], { type: 'image/png' }),
    type: /^image\/png$/,
    length: 4,
  },
  'a Blob without a type': { body: () => new Blob(['body']), type: undefined, length: 4 },
  'an empty Blob': { body: () => new Blob([]), type: undefined, length: 0 },
  'a stream': { body: () => streamOf(encoder.encode('body')), type: undefined, length: undefined },
  'an empty stream': { body: () => streamOf(), type: undefined, length: undefined },
};

const textOf = async (body: CallBody): Promise<string> =>
  typeof body === 'string' ? body : new Response(body as BodyInit).text();

const fieldsOf = async (bench: TerminalBench, body: FormData): Promise<FormData> => {
  const received = await deliver(bench, { method: 'POST', body });
  return new Response(new Uint8Array(received.body), {
    headers: { 'content-type': received.headers['content-type'] ?? '' },
  }).formData();
};

const bigBytes = (): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(MEGABYTE);
  for (let i = 0; i < bytes.length; i += 1) bytes[i] = (i * 31) & 0xff;
  return bytes;
};

const BIG: Readonly<Record<string, () => CallBody>> = {
  'a megabyte of bytes': bigBytes,
  'a megabyte in a Blob': () => new Blob([bigBytes()]),
  'a megabyte in a stream': () => {
    const bytes = bigBytes();
    let at = 0;
    return new ReadableStream({
      pull(controller) {
        if (at >= bytes.length) controller.close();
        else controller.enqueue(bytes.slice(at, at + 10_007));
        at += 10_007;
      },
    });
  },
};

export const UPLOAD_CASES: readonly TerminalCase[] = [
  ...Object.entries(KINDS).map(
    ([name, { body, type, length }]): TerminalCase => [
      `${name} goes out with its type and length`,
      async (bench) => {
        const received = await deliver(bench, { method: 'POST', body: body() });
        assert.equal(received.body.toString(), await textOf(body()));
        const contentType = received.headers['content-type'];
        if (type === undefined) assert.equal(contentType, undefined);
        else assert.match(contentType ?? '', type);
        // A stream that is empty at once may be told from others.
        if (length === undefined) {
          const { 'transfer-encoding': coding, 'content-length': said } = received.headers;
          assert.ok(coding === 'chunked' || said === String(received.body.length));
        } else assert.equal(received.headers['content-length'], String(length));
      },
    ],
  ),
  ...Object.entries(BIG).map(
    ([name, body]): TerminalCase => [
      `${name} arrives whole`,
      async (bench) => {
        const received = await deliver(bench, { method: 'PUT', body: body() });
        assert.ok(received.body.equals(bigBytes()));
      },
    ],
  ),
  [
    "the caller's own content type wins",
    async (bench) => {
      for (const body of ['{}', new Blob(['{}'], { type: 'text/css' }), new URLSearchParams('a')]) {
        const headers = { 'content-type': 'application/vnd.x+json' };
        const received = await deliver(bench, { method: 'POST', body, headers });
        assert.equal(received.headers['content-type'], 'application/vnd.x+json');
      }
    },
  ],
  [
    'a POST without a body says so',
    async (bench) => {
      const received = await deliver(bench, { method: 'POST' });
      assert.equal(received.headers['content-length'], '0');
      assert.equal(received.headers['content-type'], undefined);
    },
  ],
  [
    'a GET has neither length nor type',
    async (bench) => {
      const { headers } = await deliver(bench, {});
      assert.equal(headers['content-length'], undefined);
      assert.equal(headers['transfer-encoding'], undefined);
      assert.equal(headers['content-type'], undefined);
    },
  ],
  [
    'PATCH and DELETE take a body',
    async (bench) => {
      for (const method of ['PATCH', 'DELETE']) {
        assert.equal((await deliver(bench, { method, body: 'body' })).body.toString(), 'body');
      }
    },
  ],
  [
    'a body on a GET is refused before any socket',
    async (bench) => {
      const sending = bench.terminal.send(bench.call({ body: 'body' }));
      const error = await rejectionOf(sending, 'a GET has no body');
      assert.ok(error instanceof TributaryError && error.code === 'REQUEST_INVALID', `${error}`);
      assert.equal(bench.server.opened, 0);
    },
  ],
  [
    'a form keeps names, values and their order',
    async (bench) => {
      const body = new FormData();
      body.append('a', '1');
      body.append('b"\r\nx', 'two\r\nlines');
      body.append('a', '2');
      body.append('\u65e5', '\u672c');
      const fields = await fieldsOf(bench, body);
      assert.deepEqual(fields.getAll('a'), ['1', '2']);
      assert.equal(fields.get('\u65e5'), '\u672c');
      assert.ok([...fields.values()].includes('two\r\nlines'));
      assert.equal([...fields].length, 4, 'a name must not make a field of its own');
    },
  ],
  [
    'a form keeps files: bytes, names, types',
    async (bench) => {
      const body = new FormData();
      const bytes = bigBytes().slice(0, 5000);
      body.append('file', new File([bytes], 'a"b.bin', { type: 'application/x-a' }));
      body.append('file', new File([], 'empty'));
      const fields = (await fieldsOf(bench, body)).getAll('file') as File[];
      assert.ok(Buffer.from(await (fields[0] as File).arrayBuffer()).equals(bytes));
      assert.equal(fields[0]?.type, 'application/x-a');
      assert.equal(fields[1]?.name, 'empty');
      assert.equal(fields[1]?.size, 0);
    },
  ],
  [
    'a form has a length, since some servers want one',
    async (bench) => {
      const { headers, body } = await deliver(bench, { method: 'POST', body: form() });
      assert.equal(headers['content-length'], String(body.length));
    },
  ],
  [
    'a stream that fails fails the call',
    async (bench) => {
      const reason = new Error('the disk is gone');
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          controller.enqueue(encoder.encode('beginning'));
          await new Promise((resolve) => setTimeout(resolve, 5));
          controller.error(reason);
        },
      });
      const sending = bench.terminal.send(bench.call({ method: 'POST', body }));
      const error = await rejectionOf(
        within(sending, patience.ms, 'a failed stream must end the call'),
        'half a body must not pass for one',
      );
      assert.ok(error instanceof TributaryError, `${error}`);
      assert.equal(bench.server.requests.length, 0, 'the server must not take it for whole');
    },
  ],
  [
    'a stream of anything but bytes fails the call',
    async (bench) => {
      const body = new ReadableStream({
        start(controller) {
          controller.enqueue({ not: 'bytes' });
          controller.close();
        },
      });
      const sending = bench.terminal.send(bench.call({ method: 'POST', body }));
      const error = await rejectionOf(
        within(sending, patience.ms, 'it must end the call'),
        'that is no body',
      );
      assert.ok(error instanceof TributaryError, `${error}`);
    },
  ],
  [
    'a stream that somebody reads already is refused',
    async (bench) => {
      const body = streamOf(encoder.encode('body'));
      body.getReader();
      const sending = bench.terminal.send(bench.call({ method: 'POST', body }));
      const error = await rejectionOf(sending, 'a locked stream can not be sent');
      assert.ok(error instanceof TributaryError, `${error}`);
      bench.server.answer(ok);
      assert.equal((await bench.terminal.send(bench.call())).status, 200);
    },
  ],
];
