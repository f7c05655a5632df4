import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import type { TerminalBench } from './harness.js';

export const answersWithAResponse = async (bench: TerminalBench): Promise<void> => {
  bench.server.answer((_request, response) => {
    response.writeHead(201, 'Made', { 'content-type': 'application/json', 'x-two': ['a', 'b'] });
    response.end('{"text":"bödy"}');
  });
  const send = () => bench.terminal.send(bench.call());
  const response = await send();
  assert.ok(response instanceof Response, 'the answer must be a standard Response');
  assert.deepEqual([response.status, response.ok, response.bodyUsed], [201, true, false]);
  assert.ok(response.headers instanceof Headers);
  assert.equal(response.headers.get('X-Two'), 'a, b');
  const copy = response.clone();
  assert.deepEqual(await response.json(), { text: 'bödy' });
  assert.equal(response.bodyUsed, true);
  assert.equal(await copy.text(), '{"text":"bödy"}');
  assert.equal(await (await send()).text(), '{"text":"bödy"}');
  assert.equal((await (await send()).arrayBuffer()).byteLength, 16);
  assert.equal((await (await send()).blob()).size, 16);
  const { body } = await send();
  assert.ok(body instanceof ReadableStream);
  await body.cancel();
};

export const returnsEveryStatus = async (bench: TerminalBench): Promise<void> => {
  for (const status of [200, 204, 304, 400, 401, 403, 404, 409, 429, 500, 503]) {
    bench.server.answer((_request, response) => {
      response.writeHead(status).end(status === 204 || status === 304 ? undefined : 'text');
    });
    const response = await bench.terminal.send(bench.call());
    assert.equal(response.status, status);
    assert.equal(await response.text(), status === 204 || status === 304 ? '' : 'text');
  }
  const head = await bench.terminal.send(bench.call({ method: 'HEAD' }));
  assert.equal(await head.text(), '');
};

export const decodesContent = async (bench: TerminalBench): Promise<void> => {
  bench.server.answer(({ headers }, response) => {
    // Only for a client that says it can.
    if (!/\bgzip\b/.test(headers['accept-encoding'] ?? '')) response.end('plain text');
    else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('plain text'));
  });
  assert.equal(await (await bench.terminal.send(bench.call())).text(), 'plain text');
};
