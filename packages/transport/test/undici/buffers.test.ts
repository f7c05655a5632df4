import { createHash, randomBytes } from 'node:crypto';
import { channel } from 'node:diagnostics_channel';
import { createServer } from 'node:http';
import { createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { testAuthority } from '@tributary/testing';
import fc from 'fast-check';
import { MockAgent } from 'undici';
import { afterAll, describe, expect, test } from 'vitest';
import { ChunkQueue } from '../../src/undici/chunk-queue.js';
import { undiciTerminal } from '../../src/undici/index.js';
import { callTo } from '../support/calls.js';

const MIB = 1024 * 1024;
const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Answers with the SHA-256 of what it was sent, and takes it by fits and starts. */
const hashSlowly = (request: Readable, response: Writable): void => {
  const hash = createHash('sha256');
  let count = 0;
  request.on('data', (chunk: Uint8Array) => {
    hash.update(chunk);
    count += 1;
    if (count % 16 !== 0) return;
    request.pause();
    setTimeout(() => request.resume(), 1);
  });
  request.on('end', () => response.end(hash.digest('hex')));
};

const authority = testAuthority();
const identity = authority.issue();
const servers = {
  'HTTP/1.1': createServer(hashSlowly),
  TLS: createHttpsServer(identity, hashSlowly),
  'HTTP/2': createSecureServer(identity, hashSlowly),
};
const sockets = new Set<Socket>();
for (const server of Object.values(servers)) {
  server.on('connection', (socket: Socket) => sockets.add(socket));
}
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  for (const server of Object.values(servers)) server.close();
});

describe.each(Object.entries(servers))('a byte stream over %s', (name, server) => {
  test.each([
    ['that fills each buffer', 256 * 1024, 4 * MIB],
    ['that fills some of each', 100_000, 4 * MIB],
    ['in small pieces', 1000, MIB],
  ])('%s arrives as it was, although its buffers are used again', async (_name, most, size) => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const scheme = name === 'HTTP/1.1' ? 'http' : 'https';
    const data = randomBytes(size);
    const buffers = new Set<number>();
    let at = 0;
    const body = new ReadableStream({
      type: 'bytes',
      pull(controller) {
        const view = controller.byobRequest?.view as Uint8Array;
        buffers.add(view.length);
        const length = most < view.length ? 1 + ((at * 7919) % most) : most;
        const part = data.subarray(at, at + length);
        at += part.length;
        view.set(part);
        if (part.length === 0) controller.close();
        controller.byobRequest?.respond(part.length);
      },
    });
    const terminal = undiciTerminal({ ca: authority.ca });
    const call = callTo(`${scheme}://127.0.0.1:${port}/`, { method: 'POST', body });
    const response = await terminal.send(call);
    expect(await response.text()).toBe(hashOf(data));
    // It was read into buffers of ours.
    expect([...buffers]).toEqual([256 * 1024]);
    await terminal.dispose?.();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('what has arrived', () => {
  const steps = fc.array(
    fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 20 }),
      fc.nat({ max: 30 }),
      fc.constantFrom('next' as const),
    ),
    { maxLength: 30 },
  );

  test('comes out as it came in, however it is taken', () => {
    fc.assert(
      fc.property(steps, fc.boolean(), (each, isOwner) => {
        const queue = new ChunkQueue(isOwner);
        const put: number[] = [];
        const got: number[] = [];
        for (const step of each) {
          if (step === 'next') got.push(...(queue.next() ?? []));
          else if (typeof step === 'number') {
            const view = new Uint8Array(step);
            const size = queue.fill(view);
            got.push(...view.subarray(0, size));
          } else {
            // A copy, since an owner frees what it was given.
            put.push(...step);
            queue.push(step.slice());
          }
          expect(queue.size).toBe(put.length - got.length);
        }
        for (const chunk of queue.takeAll()) got.push(...chunk);
        expect(got).toEqual(put);
        expect(queue.size).toBe(0);
      }),
    );
  });

  const filled = (isOwner: boolean, chunk: Uint8Array) => {
    const queue = new ChunkQueue(isOwner);
    queue.push(chunk);
    queue.fill(new Uint8Array(5));
    expect(chunk.buffer.byteLength).toBeGreaterThan(0);
    queue.fill(new Uint8Array(5));
    return chunk.buffer.byteLength > 0;
  };

  test('is freed when it was copied, by its owner', () => {
    expect(filled(true, new Uint8Array(10))).toBe(false);
    expect(filled(false, new Uint8Array(10))).toBe(true);
  });

  test('is kept where others share its buffer, or may have seen it', () => {
    expect(filled(true, new Uint8Array(20).subarray(0, 10))).toBe(true);
    const listener = () => {};
    const shown = channel('undici:request:bodyChunkReceived');
    shown.subscribe(listener);
    expect(filled(true, new Uint8Array(10))).toBe(true);
    shown.unsubscribe(listener);
  });

  test('from a dispatcher of somebody’s own stays theirs', async () => {
    const data = new Uint8Array(100_000).fill(7);
    const agent = new MockAgent();
    agent.disableNetConnect();
    agent
      .get('https://site.example')
      .intercept({ path: '/a' })
      .reply(200, Buffer.from(data.buffer), { headers: { 'content-type': 'x/y' } });
    const terminal = undiciTerminal({ dispatcher: agent });
    const call = callTo('https://site.example/', { path: '/a' });
    const response = await terminal.send(call);
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) chunks.push(chunk);
    expect(Buffer.concat(chunks).equals(data)).toBe(true);
    expect(data).toHaveLength(100_000);
    await agent.close();
  });
});
