import assert from 'node:assert/strict';
import type { CallBody } from '@tributary/pipeline';
import type { TerminalBench } from './harness.js';
import { PREFIX } from './harness.js';
import type { ReceivedRequest } from './server.js';

/** Sends and reads to the end; what arrived. */
export const deliver = async (
  bench: TerminalBench,
  overrides: Parameters<TerminalBench['call']>[0],
): Promise<ReceivedRequest> => {
  const before = bench.server.requests.length;
  const response = await bench.terminal.send(bench.call(overrides));
  await response.body?.cancel();
  const received = bench.server.requests[before];
  assert.ok(received, 'the request must arrive');
  return received;
};

export const sendsMethodAndPath = async (bench: TerminalBench): Promise<void> => {
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
    const path = '/wiki/rest/api/content?cql=a%20%3D%20%22b%22&x=%2F&x=2';
    const received = await deliver(bench, { method, path });
    assert.equal(received.method, method);
    assert.equal(
      received.url,
      `/${PREFIX}${path.slice(1)}`,
      'the path must arrive as it was given',
    );
  }
};

export const sendsHeaders = async (bench: TerminalBench): Promise<void> => {
  const headers = {
    accept: 'application/json',
    'content-type': 'application/vnd.example+json',
    'x-empty': '',
    'x-latin': 'caf\u00e9',
    'x-many': 'a, b',
  };
  const { headers: arrived } = await deliver(bench, { method: 'POST', body: '{}', headers });
  for (const [name, value] of Object.entries(headers)) {
    assert.equal(arrived[name], value, `the header ${name} must arrive as it was given`);
  }
};

const text = 'b\u00f6dy \u65e5\u672c';
const utf8 = new TextEncoder().encode(text);

const streamOf = (): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(utf8.slice(0, 3));
      controller.enqueue(utf8.slice(3));
      controller.close();
    },
  });

const KINDS: Readonly<Record<string, () => CallBody>> = {
  string: () => text,
  Uint8Array: () => utf8,
  Blob: () => new Blob([utf8]),
  'function that makes a stream': () => streamOf,
  ReadableStream: streamOf,
};

export const sendsBodies = async (bench: TerminalBench): Promise<void> => {
  for (const [kind, make] of Object.entries(KINDS)) {
    const { body } = await deliver(bench, { method: 'POST', body: make() });
    assert.equal(body.toString('utf8'), text, `a body given as ${kind} must arrive whole`);
  }
  const form = await deliver(bench, { method: 'POST', body: new URLSearchParams({ a: 'b c&' }) });
  assert.equal(form.body.toString(), 'a=b+c%26');
};

const fieldsOf = (received: ReceivedRequest): Promise<FormData> =>
  new Response(new Uint8Array(received.body), {
    headers: { 'content-type': received.headers['content-type'] ?? '' },
  }).formData();

export const sendsForms = async (bench: TerminalBench): Promise<void> => {
  const body = new FormData();
  body.set('comment', 'with "quotes"');
  body.set('file', new Blob([utf8], { type: 'text/plain' }), 'n\u00e4me.txt');
  // Twice: every attempt encodes the form anew, with a boundary of its own.
  for (let attempt = 1; attempt <= 2; attempt += 1) {
    const received = await deliver(bench, { method: 'POST', body, attempt });
    assert.match(received.headers['content-type'] ?? '', /^multipart\/form-data; boundary=/);
    const fields = await fieldsOf(received);
    const file = fields.get('file');
    assert.equal(fields.get('comment'), 'with "quotes"');
    assert.ok(file instanceof File && file.name === 'n\u00e4me.txt');
    assert.equal(await file.text(), text);
  }
};

export const sendsReplayableBodiesAgain = async (bench: TerminalBench): Promise<void> => {
  for (const kind of ['string', 'Uint8Array', 'Blob', 'function that makes a stream']) {
    const body = KINDS[kind]?.();
    assert.ok(body);
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const received = await deliver(bench, { method: 'PUT', body, attempt });
      assert.equal(received.body.toString('utf8'), text, `attempt ${attempt} of a ${kind} body`);
    }
  }
};
