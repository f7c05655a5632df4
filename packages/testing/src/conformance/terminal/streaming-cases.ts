import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { patience, within } from '../waiting.js';
import type { TerminalCase } from './terminal-case.js';
import { until } from './until.js';

const chunk = new Uint8Array(64 * 1024).fill(97);

/** More than sockets hold. */
const LOTS = 512;

export const STREAMING_CASES: readonly TerminalCase[] = [
  [
    'a download can be read before its end is sent',
    async (bench) => {
      let finish = () => {};
      bench.server.answer((_request, response) => {
        response.writeHead(200).write('one');
        finish = () => response.end('two');
      });
      const { body } = await bench.terminal.send(bench.call());
      const reader = body?.getReader();
      const first = await within(reader?.read() ?? Promise.reject(), patience.ms, 'one must come');
      assert.equal(new TextDecoder().decode(first.value), 'one');
      finish();
      assert.equal(new TextDecoder().decode((await reader?.read())?.value), 'two');
      assert.equal((await reader?.read())?.done, true);
    },
  ],
  [
    'an upload is made while it is sent',
    async (bench) => {
      let arrive = () => {};
      const arrived = new Promise<void>((resolve) => {
        arrive = resolve;
      });
      bench.server.answerAtOnce((request, response) => {
        request.once('data', () => arrive());
        request.on('end', () => response.end('done'));
      });
      let pulls = 0;
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          pulls += 1;
          if (pulls === 1) controller.enqueue(chunk);
          else {
            await arrived;
            controller.close();
          }
        },
      });
      const sending = bench.terminal.send(bench.call({ method: 'POST', body }));
      const response = await within(sending, patience.ms, 'the first part must be sent at once');
      assert.equal(await response.text(), 'done');
    },
  ],
  [
    'a download waits for its reader',
    async (bench) => {
      let sent = 0;
      let isWaiting = false;
      bench.server.answer((_request, response) => {
        response.writeHead(200);
        const next = () => {
          while (sent < LOTS) {
            sent += 1;
            isWaiting = !response.write(chunk);
            if (isWaiting) {
              response.once('drain', next);
              return;
            }
          }
          response.end();
        };
        next();
      });
      const { body } = await bench.terminal.send(bench.call());
      await until(() => isWaiting, 'the server must come to wait');
      let before = -1;
      while (before !== sent) {
        before = sent;
        await wait(30);
      }
      assert.ok(sent < LOTS, 'a body that nobody reads was taken whole');
      let size = 0;
      for await (const part of body ?? []) size += (part as Uint8Array).byteLength;
      assert.equal(size, LOTS * chunk.byteLength);
    },
  ],
  [
    'an upload waits for its server',
    async (bench) => {
      let resume = () => {};
      bench.server.answerAtOnce((request, response) => {
        resume = () => {
          request.resume();
          request.on('end', () => response.end('done'));
        };
      });
      let pulls = 0;
      const body = new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            pulls += 1;
            if (pulls > LOTS) controller.close();
            else controller.enqueue(chunk.slice());
          },
        },
        { highWaterMark: 0 },
      );
      const sending = bench.terminal.send(bench.call({ method: 'POST', body }));
      sending.catch(() => {});
      await until(() => pulls > 0, 'the stream must be read');
      let before = -1;
      while (before !== pulls) {
        before = pulls;
        await wait(30);
      }
      assert.ok(pulls < LOTS, 'a stream was read faster than it could be sent');
      resume();
      assert.equal(await (await sending).text(), 'done');
    },
  ],
  [
    'an answer may come before the upload is done',
    async (bench) => {
      bench.server.answerAtOnce((_request, response) => {
        response.writeHead(413, { connection: 'close' }).end('too much');
      });
      let isCancelled = false;
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          await wait(1);
          controller.enqueue(chunk);
        },
        cancel() {
          isCancelled = true;
        },
      });
      const sending = bench.terminal.send(bench.call({ method: 'POST', body }));
      const response = await within(sending, patience.ms, 'the answer must not wait');
      assert.equal(response.status, 413);
      assert.equal(await response.text(), 'too much');
      await until(() => isCancelled, 'the upload must be given up');
    },
  ],
  [
    'a cancelled download closes its connection',
    async (bench) => {
      let isClosed = false;
      bench.server.answer((_request, response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(chunk), 1);
        response.on('close', () => {
          clearInterval(timer);
          isClosed = true;
        });
      });
      const response = await bench.terminal.send(bench.call());
      await within(response.body?.cancel() ?? Promise.reject(), patience.ms, 'cancel() must end');
      await until(() => isClosed, 'a body that nobody wants must not go on');
    },
  ],
];
