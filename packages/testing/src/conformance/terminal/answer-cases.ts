import assert from 'node:assert/strict';
import { rejectionOf } from '../waiting.js';
import type { TerminalBench } from './harness.js';
import { startRawServer } from './raw-server.js';
import type { Answer } from './server.js';
import type { TerminalCase } from './terminal-case.js';

const get = (bench: TerminalBench, answer: Answer, overrides = {}): Promise<Response> => {
  bench.server.answer(answer);
  return bench.terminal.send(bench.call(overrides));
};

const withBody =
  (body: string | Uint8Array, type = 'text/plain'): Answer =>
  (_request, response) =>
    response.writeHead(200, { 'content-type': type }).end(body);

const bodiless = (name: string, status: number, method = 'GET'): TerminalCase => [
  `${name} has a null body`,
  async (bench) => {
    const response = await get(
      bench,
      (_request, answer) => answer.writeHead(status, { 'x-a': 'b' }).end(),
      { method },
    );
    assert.equal(response.status, status);
    assert.equal(response.body, null);
    assert.equal(response.headers.get('x-a'), 'b');
    assert.equal(await response.text(), '');
    assert.equal(response.bodyUsed, false);
    assert.equal(response.clone().body, null);
  },
];

/** Text as it arrives, against what text() must make of it. */
const TEXTS: readonly (readonly [string, Uint8Array | string, string, string])[] = [
  ['a byte order mark is dropped', '\ufeffbody', 'body', 'text/plain'],
  [
    'bytes that are no UTF-8 are replaced',
    Uint8Array.of(97, 0xff, 0xe6, 0x97, 98),
    'a\ufffd\ufffdb',
    'text/plain',
  ],
  [
    'the charset is not looked at',
    new TextEncoder().encode('b\u00f6dy'),
    'b\u00f6dy',
    'text/plain; charset=iso-8859-1',
  ],
  ['zero bytes are text', 'a\0b', 'a\0b', 'text/plain'],
  [
    'characters outside the first plane survive',
    '\u{1f600}\u{20000}',
    '\u{1f600}\u{20000}',
    'text/plain',
  ],
];

export const ANSWER_CASES: readonly TerminalCase[] = [
  bodiless('an answer to HEAD', 200, 'HEAD'),
  bodiless('204', 204),
  bodiless('205', 205),
  bodiless('304', 304),
  ...TEXTS.map(
    ([name, sent, expected, type]): TerminalCase => [
      `text: ${name}`,
      async (bench) => {
        assert.equal(await (await get(bench, withBody(sent, type))).text(), expected);
      },
    ],
  ),
  [
    'json: a byte order mark is dropped',
    async (bench) => {
      assert.deepEqual(await (await get(bench, withBody('\ufeff{"a":1}'))).json(), { a: 1 });
    },
  ],
  [
    'json: what is no JSON is a SyntaxError, and the body is used',
    async (bench) => {
      const response = await get(bench, withBody('<html>'));
      assert.ok((await rejectionOf(response.json(), 'HTML is no JSON')) instanceof SyntaxError);
      assert.equal(response.bodyUsed, true);
    },
  ],
  [
    'blob: its type is the content type',
    async (bench) => {
      const response = await get(bench, withBody('x', 'Text/HTML;charset=utf-8'));
      assert.match((await response.blob()).type, /^text\/html;\s?charset=utf-8$/);
    },
  ],
  [
    'arrayBuffer: each has memory of its own',
    async (bench) => {
      const [first, second] = await Promise.all([
        get(bench, withBody('first')),
        get(bench, withBody('second')),
      ]);
      const bytes = await first.arrayBuffer();
      assert.equal(bytes.byteLength, bytes.slice(0).byteLength);
      structuredClone(bytes, { transfer: [bytes] });
      assert.ok((await second.text()).length > 0, 'a transfer must not empty other answers');
    },
  ],
  [
    'a character cut by a chunk is whole again',
    async (bench) => {
      const bytes = Buffer.from('\u65e5\u672c\u8a9e');
      const response = await get(bench, (_request, answer) => {
        answer.writeHead(200);
        let at = 0;
        const next = () => {
          answer.write(bytes.subarray(at, at + 1));
          at += 1;
          if (at < bytes.length) setTimeout(next, 1);
          else answer.end();
        };
        next();
      });
      assert.equal(await response.text(), '\u65e5\u672c\u8a9e');
    },
  ],
  [
    'a body of a megabyte arrives whole',
    async (bench) => {
      const body = Buffer.alloc(1024 * 1024, 'abcdefg');
      const response = await get(bench, withBody(body));
      assert.ok(body.equals(new Uint8Array(await response.arrayBuffer())));
    },
  ],
  [
    'trailers are no part of the body, nor of the headers',
    async (bench) => {
      const response = await get(bench, (_request, answer) => {
        answer.writeHead(200, { trailer: 'x-sum' }).write('body');
        answer.addTrailers({ 'x-sum': '1' });
        answer.end();
      });
      assert.equal(await response.text(), 'body');
      assert.equal(response.headers.get('x-sum'), null);
    },
  ],
  [
    'status, statusText, ok, type, redirected and url',
    async (bench) => {
      for (const [status, ok] of [
        [200, true],
        [299, true],
        [400, false],
        [599, false],
      ] as const) {
        const response = await get(bench, (_request, answer) =>
          answer.writeHead(status, 'Made Up').end(),
        );
        const { statusText, redirected, url } = response;
        assert.deepEqual([response.status, response.ok, statusText], [status, ok, 'Made Up']);
        assert.equal(redirected, false);
        assert.equal(url, `${bench.base}wiki/api/v2/pages/42`);
        assert.ok(['basic', 'default'].includes(response.type));
      }
    },
  ],
  [
    'the answer passes for a Response',
    async (bench) => {
      const response = await get(bench, withBody('body'));
      assert.equal(Object.prototype.toString.call(response), '[object Response]');
      const copy = new Response(response.body, response);
      assert.equal(copy.headers.get('content-type'), 'text/plain');
      assert.equal(await copy.text(), 'body');
      assert.equal(response.bodyUsed, true);
    },
  ],
  [
    'body is one stream of bytes',
    async (bench) => {
      const { body } = await get(bench, withBody('body'));
      assert.ok(body instanceof ReadableStream);
      const reader = body.getReader({ mode: 'byob' });
      const { value } = await reader.read(new Uint8Array(16));
      assert.equal(new TextDecoder().decode(value), 'body');
      const response = await get(bench, withBody('body'));
      assert.equal(response.body, response.body);
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body ?? []) {
        assert.equal((chunk as object).constructor, Uint8Array);
        chunks.push(chunk as Uint8Array);
      }
      assert.equal(Buffer.concat(chunks).toString(), 'body');
    },
  ],
  [
    'a body that nobody reads does not keep the next call',
    async (bench) => {
      for (let i = 0; i < 3; i += 1) await get(bench, withBody('x'.repeat(100)));
      assert.equal(await (await get(bench, withBody('read'))).text(), 'read');
    },
  ],
  [
    'a body that ends with its connection arrives whole',
    async (bench) => {
      await using raw = await startRawServer((socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\nwhole');
        setTimeout(() => socket.end(' body'), 5);
      });
      const call = bench.call({ base: raw.origin, credential: undefined });
      assert.equal(await (await bench.terminal.send(call)).text(), 'whole body');
    },
  ],
];
