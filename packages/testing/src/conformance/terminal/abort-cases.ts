import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { gzipSync } from 'node:zlib';
import { isOrStemsFrom } from '../canaries.js';
import { patience, rejectionOf, within } from '../waiting.js';
import type { TerminalBench } from './harness.js';
import { ok } from './server.js';
import type { TerminalCase } from './terminal-case.js';
import { until } from './until.js';

const REASON = new Error('given up');

/** What the abort of a call makes of what is under way. */
const assertEnds = async (work: Promise<unknown>, what: string): Promise<void> => {
  const error = await within(
    rejectionOf(work, `${what} must reject`),
    patience.ms,
    `an abort must end ${what}`,
  );
  assert.ok(isOrStemsFrom(error, REASON), `${what} must reject with the reason, not ${error}`);
};

const endlessUpload = () => {
  const state = { pulls: 0 };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      state.pulls += 1;
      if (state.pulls === 1) controller.enqueue(new Uint8Array(1000));
      // Then never again: the source has stalled.
      else return new Promise(() => {});
      return undefined;
    },
  });
  return { state, body };
};

const stalledAnswer = (bench: TerminalBench, headers = {}, start: string | Uint8Array = 'start') =>
  bench.server.answer((_request, response) => {
    response.writeHead(200, headers).write(start);
  });

/** The methods that read a body, each aborted half-way. */
const READERS: Readonly<Record<string, (response: Response) => Promise<unknown>>> = {
  text: (response) => response.text(),
  json: (response) => response.json(),
  arrayBuffer: (response) => response.arrayBuffer(),
  blob: (response) => response.blob(),
  'the stream': async (response) => {
    for await (const _ of response.body ?? []);
  },
  'a clone': (response) => response.clone().text(),
};

export const ABORT_CASES: readonly TerminalCase[] = [
  ...Object.entries(READERS).map(
    ([name, read]): TerminalCase => [
      `an abort ends a body that ${name} reads`,
      async (bench) => {
        stalledAnswer(bench);
        const controller = new AbortController();
        const response = await bench.terminal.send(bench.call({ signal: controller.signal }));
        const reading = read(response);
        setTimeout(() => controller.abort(REASON), 5);
        await assertEnds(reading, 'a body');
      },
    ],
  ),
  [
    'an abort ends a call that connects',
    async (bench) => {
      // Takes connections and never shakes hands.
      const silent = createServer(() => {});
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const { port } = silent.address() as AddressInfo;
      const controller = new AbortController();
      const base = `https://127.0.0.1:${port}/`;
      const call = bench.call({ base, credential: undefined, signal: controller.signal });
      const sending = bench.terminal.send(call);
      silent.once('connection', (socket) => {
        socket.on('error', () => {});
        setTimeout(() => controller.abort(REASON), 5);
      });
      try {
        await assertEnds(sending, 'a call');
      } finally {
        silent.close();
      }
    },
  ],
  [
    'an abort ends an upload whose source has stalled',
    async (bench) => {
      bench.server.answerAtOnce(() => {});
      const { state, body } = endlessUpload();
      const controller = new AbortController();
      const { signal } = controller;
      const sending = bench.terminal.send(bench.call({ method: 'POST', body, signal }));
      const ended = assertEnds(sending, 'an upload');
      await until(() => state.pulls > 1, 'the upload must begin');
      controller.abort(REASON);
      await ended;
    },
  ],
  [
    'an abort between headers and body fails the body',
    async (bench) => {
      stalledAnswer(bench);
      const controller = new AbortController();
      const response = await bench.terminal.send(bench.call({ signal: controller.signal }));
      controller.abort(REASON);
      await assertEnds(response.text(), 'a body');
    },
  ],
  [
    'an abort after the body changes nothing',
    async (bench) => {
      const controller = new AbortController();
      const response = await bench.terminal.send(bench.call({ signal: controller.signal }));
      assert.deepEqual(await response.json(), { ok: true });
      controller.abort(REASON);
      assert.equal(response.status, 200);
      assert.equal(response.bodyUsed, true);
    },
  ],
  [
    'an abort ends an encoded body',
    async (bench) => {
      const start = gzipSync('start '.repeat(5000)).subarray(0, 40);
      stalledAnswer(bench, { 'content-encoding': 'gzip' }, start);
      const controller = new AbortController();
      const response = await bench.terminal.send(bench.call({ signal: controller.signal }));
      const reading = response.text();
      setTimeout(() => controller.abort(REASON), 5);
      await assertEnds(reading, 'a body');
    },
  ],
  [
    'an abort ends a call on its second hop',
    async (bench) => {
      bench.server.answer(({ url }, response) => {
        if (!url.endsWith('/next')) {
          response.writeHead(302, { location: `${bench.base}next` }).end();
        }
      });
      const controller = new AbortController();
      const sending = bench.terminal.send(bench.call({ signal: controller.signal }));
      const ended = assertEnds(sending, 'a call');
      await until(() => bench.server.requests.length === 2, 'the hop must be made');
      controller.abort(REASON);
      await ended;
    },
  ],
  [
    'an abort ends all calls of its signal, and no other',
    async (bench) => {
      const pending: (() => void)[] = [];
      bench.server.answer((_request, response) => {
        pending.push(() => response.end('{"ok":true}'));
      });
      const controller = new AbortController();
      const { signal } = controller;
      const doomed = [1, 2].map(() => bench.terminal.send(bench.call({ signal })));
      const other = bench.terminal.send(bench.call());
      other.catch(() => {});
      const ended = Promise.all(doomed.map((call) => assertEnds(call, 'a call')));
      await until(() => pending.length === 3, 'all three must arrive');
      controller.abort(REASON);
      await ended;
      for (const answer of pending) answer();
      assert.deepEqual(await (await other).json(), { ok: true });
    },
  ],
  [
    'an abort without a reason is an AbortError',
    async (bench) => {
      bench.server.answer(() => {});
      const controller = new AbortController();
      const sending = bench.terminal.send(bench.call({ signal: controller.signal }));
      const rejection = rejectionOf(sending, 'an aborted call must reject');
      await until(() => bench.server.requests.length === 1, 'the request must arrive');
      controller.abort();
      const error = await within(rejection, patience.ms, 'an abort must end the call');
      assert.equal((error as Error).name, 'AbortError');
    },
  ],
  [
    'an abort may have anything for its reason',
    async (bench) => {
      for (const reason of ['enough', 42, null, { why: 'object' }]) {
        stalledAnswer(bench);
        const controller = new AbortController();
        const response = await bench.terminal.send(bench.call({ signal: controller.signal }));
        const rejection = rejectionOf(response.text(), 'an aborted body must reject');
        controller.abort(reason);
        const error = await within(rejection, patience.ms, 'an abort must end the body');
        // Node's own fetch takes null for no reason.
        const isForNull = reason === null && (error as Error | null)?.name === 'AbortError';
        if (!isForNull) assert.equal(error, reason);
      }
    },
  ],
  [
    'an abort leaves later calls alone',
    async (bench) => {
      stalledAnswer(bench);
      const controller = new AbortController();
      const response = await bench.terminal.send(bench.call({ signal: controller.signal }));
      controller.abort(REASON);
      await assertEnds(response.text(), 'a body');
      bench.server.answer(ok);
      assert.equal((await bench.terminal.send(bench.call())).status, 200);
    },
  ],
];
