import assert from 'node:assert/strict';
import {
  brotliCompressSync,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { patience, rejectionOf, within } from '../waiting.js';
import type { TerminalBench } from './harness.js';
import type { TerminalCase } from './terminal-case.js';

const TEXT = 'plain t\u00ebxt '.repeat(2000);

interface Coded {
  /** As the header says. */
  readonly coding: string;
  readonly encode: (text: string) => Uint8Array;
  /** What the client has to have offered, all of it. */
  readonly needs: readonly string[];
}

const gzip = (text: string | Uint8Array) => gzipSync(text);

const CODINGS: Readonly<Record<string, Coded>> = {
  gzip: { coding: 'gzip', encode: gzip, needs: ['gzip'] },
  'x-gzip': { coding: 'x-gzip', encode: gzip, needs: ['gzip'] },
  'GZIP, in capitals': { coding: 'GZIP', encode: gzip, needs: ['gzip'] },
  deflate: { coding: 'deflate', encode: (text) => deflateSync(text), needs: ['deflate'] },
  'deflate without its header': {
    coding: 'deflate',
    encode: (text) => deflateRawSync(text),
    needs: ['deflate'],
  },
  br: { coding: 'br', encode: (text) => brotliCompressSync(text), needs: ['br'] },
  zstd: { coding: 'zstd', encode: (text) => zstdCompressSync(text), needs: ['zstd'] },
  'deflate, then gzip': {
    coding: 'deflate, gzip',
    encode: (text) => gzip(deflateSync(text)),
    needs: ['deflate', 'gzip'],
  },
};

/** Answers in the coding, if the client says that it can read it. */
const get = (
  bench: TerminalBench,
  { coding, encode, needs }: Coded,
  send: (response: import('node:http').ServerResponse, bytes: Uint8Array) => void = (r, bytes) =>
    r.end(bytes),
): Promise<Response> => {
  bench.server.answer(({ headers }, response) => {
    const offered = (headers['accept-encoding'] ?? '').split(/\s*,\s*/);
    if (!needs.every((need) => offered.includes(need))) response.end(TEXT);
    else {
      response.writeHead(200, { 'content-encoding': coding, 'content-type': 'text/plain' });
      send(response, encode(TEXT));
    }
  });
  return bench.terminal.send(bench.call());
};

const gzipped = CODINGS.gzip as Coded;

export const CODING_CASES: readonly TerminalCase[] = [
  ...Object.entries(CODINGS).map(
    ([name, coded]): TerminalCase => [
      `${name} is decoded`,
      async (bench) => {
        assert.equal(await (await get(bench, coded)).text(), TEXT);
        const chunks: Uint8Array[] = [];
        for await (const chunk of (await get(bench, coded)).body ?? []) {
          chunks.push(chunk as Uint8Array);
        }
        assert.equal(Buffer.concat(chunks).toString(), TEXT);
      },
    ],
  ),
  [
    'encoded bytes that trickle are decoded as they come',
    async (bench) => {
      const response = await get(bench, gzipped, (answer, bytes) => {
        let at = 0;
        const next = () => {
          answer.write(bytes.subarray(at, at + 13));
          at += 13;
          if (at < bytes.length) setImmediate(next);
          else answer.end();
        };
        next();
      });
      assert.equal(await response.text(), TEXT);
    },
  ],
  [
    'an encoded body is decoded for an error status too',
    async (bench) => {
      bench.server.answer((_request, response) => {
        response.writeHead(404, { 'content-encoding': 'gzip' }).end(gzip(TEXT));
      });
      assert.equal(await (await bench.terminal.send(bench.call())).text(), TEXT);
    },
  ],
  [
    'an encoded answer can be cloned',
    async (bench) => {
      const response = await get(bench, gzipped);
      const clone = response.clone();
      assert.deepEqual([await response.text(), await clone.text()], [TEXT, TEXT]);
    },
  ],
  [
    'an encoded body without a byte is empty',
    async (bench) => {
      const response = await get(bench, gzipped, (answer) => answer.end());
      assert.equal(await response.text(), '');
    },
  ],
  [
    'an unknown coding is left as it is',
    async (bench) => {
      const response = await get(bench, { coding: 'rot13', encode: Buffer.from, needs: [] });
      assert.equal(await response.text(), TEXT);
      assert.equal(response.headers.get('content-encoding'), 'rot13');
    },
  ],
  [
    'what is not in its coding fails',
    async (bench) => {
      const response = await get(bench, {
        ...gzipped,
        encode: () => Buffer.from('no gzip at all'),
      });
      const error = await rejectionOf(
        within(response.text(), patience.ms, 'text() must settle'),
        'no text can come of it',
      );
      assert.ok(!(error instanceof assert.AssertionError), `${error}`);
    },
  ],
  [
    'an answer to HEAD is not decoded',
    async (bench) => {
      bench.server.answer((_request, response) => {
        response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': '40' }).end();
      });
      const response = await bench.terminal.send(bench.call({ method: 'HEAD' }));
      assert.equal(response.headers.get('content-encoding'), 'gzip');
      assert.equal(await response.text(), '');
    },
  ],
  [
    'a part of a body is asked for as it is',
    async (bench) => {
      await (await bench.terminal.send(bench.call({ headers: { range: 'bytes=0-3' } }))).text();
      const [request] = bench.server.requests;
      assert.ok(!/gzip|br|deflate|zstd/.test(request?.headers['accept-encoding'] ?? ''));
    },
  ],
];
