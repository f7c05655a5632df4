import assert from 'node:assert/strict';
import { systemClock, TributaryError } from '@tributary/pipeline';
import { DEADLINE_MS, patience, rejectionOf, within } from '../waiting.js';
import type { TerminalBench } from './harness.js';
import { type RawAnswer, startRawServer } from './raw-server.js';
import type { TerminalCase } from './terminal-case.js';
import { until } from './until.js';

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbody';

const rawCall = (bench: TerminalBench, origin: string) =>
  bench.call({ base: origin, credential: undefined });

const sendRaw = async (
  bench: TerminalBench,
  answer: RawAnswer,
  check: (send: () => Promise<Response>) => Promise<void>,
): Promise<void> => {
  await using raw = await startRawServer(answer);
  await check(() =>
    within(bench.terminal.send(rawCall(bench, raw.origin)), patience.ms, 'the call must settle'),
  );
};

/** What a server may say, and what has to come of it. */
const answered = (name: string, head: string, text = 'body'): TerminalCase => [
  `${name} is understood`,
  (bench) =>
    sendRaw(
      bench,
      (socket) => socket.write(head),
      async (send) => {
        const response = await send();
        assert.equal(response.status, 200);
        assert.equal(await response.text(), text);
      },
    ),
];

/** What no answer can be made of. */
const refused = (name: string, answer: string | RawAnswer): TerminalCase => [
  `${name} is a NetworkError`,
  (bench) =>
    sendRaw(
      bench,
      typeof answer === 'string' ? (socket) => socket.write(answer) : answer,
      async (send) => {
        const error = await rejectionOf(send(), `${name} is no answer`);
        assert.ok(error instanceof TributaryError && error.code === 'NETWORK_FAILED', `${error}`);
        assert.notEqual(error.sent, 'no', 'the request had arrived');
      },
    ),
];

/** Answers that begin well, and don't end. */
const broken = (name: string, head: string, end: 'close' | 'reset'): TerminalCase => [
  `${name} fails the body`,
  (bench) =>
    sendRaw(
      bench,
      (socket) => {
        socket.write(head);
        setTimeout(() => (end === 'close' ? socket.end() : socket.resetAndDestroy()), 10);
      },
      async (send) => {
        const response = await send();
        assert.equal(response.status, 200);
        const error = await rejectionOf(
          within(response.text(), patience.ms, 'the body must settle'),
          'half a body must not pass for one',
        );
        assert.ok(!(error instanceof assert.AssertionError), `${error}`);
      },
    ),
];

const trickle =
  (text: string): RawAnswer =>
  (socket) => {
    let at = 0;
    const next = () => {
      socket.write(text.slice(at, at + 1));
      at += 1;
      if (at < text.length) setImmediate(next);
    };
    next();
  };

export const CONNECTION_CASES: readonly TerminalCase[] = [
  answered('an answer after 102 Processing', `HTTP/1.1 102 Processing\r\n\r\n${OK}`),
  answered(
    'an answer after early hints',
    `HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n${OK}`,
  ),
  answered('an answer without a reason', OK.replace(' OK', ' ')),
  answered(
    'chunks with extensions',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4;a=b\r\nbody\r\n0\r\n\r\n',
  ),
  answered('a body of no bytes', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', ''),
  refused('a server that hangs up', (socket) => socket.end()),
  refused('a server that resets', (socket) => socket.resetAndDestroy()),
  refused('half a head', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-')),
  refused('what is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'),
  refused('a status that is no number', 'HTTP/1.1 abc OK\r\n\r\n'),
  refused(
    'a head with two lengths',
    'HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nbody',
  ),
  refused('a head without end', (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    for (let i = 0; i < 200; i += 1) socket.write(`x-${i}: ${'a'.repeat(1000)}\r\n`);
  }),
  broken('a connection that closes', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nbody', 'close'),
  broken('a connection that resets', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nbody', 'reset'),
  broken(
    'a last chunk that is missing',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\n',
    'close',
  ),
  broken(
    'a chunk that is cut',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\nbody',
    'close',
  ),
  broken(
    'a chunk whose length is no number',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nbody\r\nzz\r\n',
    'close',
  ),
  [
    'an answer that trickles is understood',
    (bench) =>
      sendRaw(bench, trickle(OK), async (send) =>
        assert.equal(await (await send()).text(), 'body'),
      ),
  ],
  [
    'headers of 12 KiB are taken',
    async (bench) => {
      const value = 'a'.repeat(12 * 1024);
      bench.server.answer((_request, response) =>
        response.writeHead(200, { 'x-long': value }).end(),
      );
      assert.equal((await bench.terminal.send(bench.call())).headers.get('x-long'), value);
    },
  ],
  [
    'connections are kept and used again',
    async (bench) => {
      for (let i = 0; i < 5; i += 1) await (await bench.terminal.send(bench.call())).text();
      assert.equal(bench.server.requests.length, 5);
      assert.ok(
        bench.server.opened <= 2,
        `${bench.server.opened} connections for 5 calls in a row`,
      );
    },
  ],
  [
    'calls at the same time get their own answers',
    async (bench) => {
      bench.server.answer(({ url }, response) => {
        setTimeout(() => response.end(url), Math.random() * 10);
      });
      const paths = Array.from({ length: 40 }, (_, i) => `/wiki/${i}`);
      const texts = await Promise.all(
        paths.map(async (path) => (await bench.terminal.send(bench.call({ path }))).text()),
      );
      assert.deepEqual(
        texts,
        paths.map((path) => new URL(bench.base + path.slice(1)).pathname),
      );
    },
  ],
  [
    'a connection that the server closes is not used again',
    async (bench) => {
      bench.server.answer((_request, response) =>
        response.writeHead(200, { connection: 'close' }).end('{}'),
      );
      for (let i = 0; i < 3; i += 1) {
        assert.deepEqual(await (await bench.terminal.send(bench.call())).json(), {});
      }
      assert.equal(bench.server.opened, 3);
    },
  ],
  [
    'a connection that was closed meanwhile is noticed',
    async (bench) => {
      const sockets: import('node:net').Socket[] = [];
      await using raw = await startRawServer((socket) => {
        sockets.push(socket);
        socket.write(OK);
      });
      const call = () => bench.terminal.send(rawCall(bench, raw.origin));
      await (await call()).text();
      const closed = new Promise((resolve) => sockets[0]?.once('close', resolve));
      sockets[0]?.end();
      await within(closed, patience.ms, 'the terminal must close its side');
      assert.equal(await (await call()).text(), 'body');
    },
  ],
  [
    'a deadline ends an upload',
    async (bench) => {
      bench.server.answerAtOnce(() => {});
      const body = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
      const deadline = systemClock.monotonic() + 60;
      const sending = bench.terminal.send(bench.call({ method: 'POST', body, deadline }));
      const error = await within(
        rejectionOf(sending, 'a call must not outlive its deadline'),
        patience.ms,
        'the deadline must end the call',
      );
      assert.ok(error instanceof TributaryError && error.code === 'TIMEOUT', `${error}`);
    },
  ],
  [
    'a deadline closes the connection that it gives up',
    async (bench) => {
      // The terminal may load its parts with its first call.
      await (await bench.terminal.send(bench.call())).text();
      let isClosed = false;
      bench.server.answer((_request, response) => {
        response.on('close', () => {
          isClosed = true;
        });
      });
      const deadline = systemClock.monotonic() + DEADLINE_MS;
      const error = await within(
        rejectionOf(bench.terminal.send(bench.call({ deadline })), 'nothing answers'),
        patience.ms,
        'the deadline must end the call',
      );
      assert.ok(error instanceof TributaryError && error.code === 'TIMEOUT', `${error}`);
      await until(() => isClosed, 'nobody waits on that connection any more');
    },
  ],
];
