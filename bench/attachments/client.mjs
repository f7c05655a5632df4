import { createHash } from 'node:crypto';
import { createTributary } from '@tributary/api';
import { bearer, cloud } from '@tributary/auth-providers';
import { downloadAttachment, uploadAttachment } from '@tributary/transport/attachments';
import { undiciTransport } from '@tributary/transport/undici';

/** One transfer in a process of its own: `client.mjs <what> <origin> <bytes> <file>`. */

const [, , what, origin, bytes, file] = process.argv;
const size = Number(bytes);
const [kind, terminal] = what.split(' ');

const tributary = createTributary({
  site: cloud(origin),
  app: bearer('a-token', { base: 'site' }),
  plugins: terminal === 'undici' ? [undiciTransport()] : [],
});
const api = tributary.api.asApp();

async function* generated(length) {
  for (let left = length; left > 0; left -= 65_536) {
    yield new Uint8Array(Math.min(left, 65_536)).fill(left);
  }
}

const form = { pageId: 1, filename: 'x.bin' };

const work = {
  file: () => uploadAttachment(api, { ...form, file }),
  stream: () => uploadAttachment(api, { ...form, stream: () => generated(size), size }),
  async download(length = size) {
    const { stream } = await downloadAttachment(api, { pageId: 1, attachmentId: `att${length}` });
    const hash = createHash('sha256');
    let read = 0;
    for await (const chunk of stream) {
      read += chunk.length;
      hash.update(chunk);
    }
    if (read !== length) throw new Error(`${read} bytes of ${length}`);
  },
  /** Into one buffer of the reader's own. */
  async 'download-byob'() {
    const { stream } = await downloadAttachment(api, { pageId: 1, attachmentId: `att${size}` });
    const reader = stream.getReader({ mode: 'byob' });
    const hash = createHash('sha256');
    let read = 0;
    for (let buffer = new ArrayBuffer(65_536); ; ) {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (done) break;
      read += value.length;
      hash.update(value);
      buffer = value.buffer;
    }
    if (read !== size) throw new Error(`${read} bytes of ${size}`);
  },
  /** As fetch itself would do it: what is compared with. */
  async 'fetch-up'() {
    const stream = ReadableStream.from(generated(size));
    const response = await fetch(`${origin}/wiki/x`, {
      method: 'PUT',
      body: stream,
      duplex: 'half',
    });
    await response.text();
  },
  async 'fetch-down'() {
    const response = await fetch(`${origin}/file?size=${size}`);
    const hash = createHash('sha256');
    for await (const chunk of response.body) hash.update(chunk);
  },
};

// Everything is loaded, and warm, before the transfer is looked at.
await uploadAttachment(api, { ...form, bytes: new Uint8Array(1024 * 1024) });
await work.download(1024 * 1024);
if (kind.startsWith('fetch')) await (await fetch(`${origin}/file?size=1000000`)).arrayBuffer();

const before = process.resourceUsage().maxRSS;
const cpu = process.cpuUsage();
const begin = performance.now();
await work[kind]();
const { user, system } = process.cpuUsage(cpu);
process.send({
  addedMiB: (process.resourceUsage().maxRSS - before) / 1024,
  cpuMs: (user + system) / 1000,
  ms: performance.now() - begin,
});
await tributary[Symbol.asyncDispose]();
process.disconnect();
