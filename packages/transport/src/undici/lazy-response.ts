import { joinChunks } from '../join-chunks.js';
import { LazyHeaders } from './lazy-headers.js';
import type { Head, Reception } from './reception.js';

const unusable = (): TypeError => new TypeError('Body is unusable: Body has already been read');

const join = (chunks: readonly Uint8Array[]): Buffer =>
  chunks.length === 1
    ? Buffer.from((chunks[0] as Uint8Array).buffer, chunks[0]?.byteOffset, chunks[0]?.byteLength)
    : Buffer.concat(chunks);

/** UTF-8 whatever the charset says, without byte order mark, as fetch decodes. */
const decode = (chunks: readonly Uint8Array[]): string => {
  if (chunks.length === 0) return '';
  const bytes = join(chunks);
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return bytes.toString('utf8', start);
};

const EMPTY: Promise<readonly Uint8Array[]> = Promise.resolve([]);

const parse = (chunks: readonly Uint8Array[]): unknown => JSON.parse(decode(chunks));

interface ByobRequest extends ReadableStreamBYOBRequest {
  readonly view: Uint8Array<ArrayBuffer>;
}

const streamOf = (reception: Reception): ReadableStream<Uint8Array<ArrayBuffer>> => {
  const source = {
    type: 'bytes' as const,
    async pull(controller: ReadableByteStreamController) {
      await reception.ready();
      const request = controller.byobRequest as ByobRequest | null;
      if (request === null) {
        const chunk = reception.take((queue) => queue.next());
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
        return;
      }
      const size = reception.take((queue) => queue.fill(request.view));
      if (size === 0) controller.close();
      request.respond(size);
    },
    cancel: () => reception.cancel(),
  };
  reception.ownedBy(source);
  return new ReadableStream(source) as ReadableStream<Uint8Array<ArrayBuffer>>;
};

/** A stream that somebody has read to its end. */
const spentStream = (): ReadableStream<Uint8Array<ArrayBuffer>> => {
  const stream = new ReadableStream({
    type: 'bytes',
    start: (controller) => controller.close(),
  });
  stream.getReader().read();
  return stream as ReadableStream<Uint8Array<ArrayBuffer>>;
};

/**
 * A Response to its caller, but nothing of it is built before it is asked for: most of what fetch costs
 * is Headers and web streams that nobody looks at. What isn't quick here is left to a real Response.
 */
export class LazyResponse {
  readonly #head: Head;
  readonly #url: string;
  readonly #reception: Reception;
  #isUsed = false;
  #headers: Headers | undefined;
  /** Has the body from when somebody asked for a stream. */
  #real: Response | undefined;
  /** Stands for the body that was read without a stream. */
  #spent: ReadableStream<Uint8Array<ArrayBuffer>> | undefined;

  constructor(head: Head, url: string, reception: Reception, real?: Response) {
    this.#head = head;
    this.#url = url;
    this.#reception = reception;
    this.#real = real;
    if (real === undefined) reception.ownedBy(this);
  }

  get status(): number {
    return this.#head.status;
  }

  get ok(): boolean {
    return this.#head.status >= 200 && this.#head.status <= 299;
  }

  get statusText(): string {
    return this.#head.statusText;
  }

  get url(): string {
    return this.#url;
  }

  get redirected(): boolean {
    return false;
  }

  get type(): ResponseType {
    return 'basic';
  }

  get headers(): Headers {
    this.#headers ??= new LazyHeaders(this.#head.fields) as unknown as Headers;
    return this.#headers;
  }

  get body(): ReadableStream<Uint8Array<ArrayBuffer>> | null {
    if (!this.#reception.hasBody) return null;
    if (!this.#isUsed) return this.#delegate().body;
    this.#spent ??= spentStream();
    return this.#spent;
  }

  get bodyUsed(): boolean {
    return this.#isUsed || (this.#real?.bodyUsed ?? false);
  }

  text(): Promise<string> {
    return this.#real === undefined || this.#isUsed ? this.#read(decode) : this.#real.text();
  }

  json(): Promise<unknown> {
    return this.#real === undefined || this.#isUsed ? this.#read(parse) : this.#real.json();
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#real === undefined || this.#isUsed) return this.#read(joinChunks);
    return this.#real.arrayBuffer().then((buffer) => new Uint8Array(buffer));
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#real === undefined || this.#isUsed
      ? this.#read((chunks) => joinChunks(chunks).buffer)
      : this.#real.arrayBuffer();
  }

  blob(): Promise<Blob> {
    return this.#isUsed ? Promise.reject(unusable()) : this.#delegate().blob();
  }

  formData(): Promise<FormData> {
    return this.#isUsed ? Promise.reject(unusable()) : this.#delegate().formData();
  }

  clone(): Response {
    if (this.bodyUsed) throw unusable();
    const real = this.#reception.hasBody ? this.#delegate().clone() : undefined;
    return new LazyResponse(this.#head, this.#url, this.#reception, real) as unknown as Response;
  }

  /** The URL of an answer may hold a token. */
  [Symbol.for('nodejs.util.inspect.custom')](): object {
    const { status, statusText, ok, redirected, type, bodyUsed } = this;
    return { status, statusText, ok, redirected, type, bodyUsed, url: 'REDACTED' };
  }

  #read<T>(convert: (chunks: readonly Uint8Array[]) => T): Promise<T> {
    if (this.#isUsed) return Promise.reject(unusable());
    if (!this.#reception.hasBody) return EMPTY.then(convert);
    this.#isUsed = true;
    return this.#reception.readAll().then(convert);
  }

  #delegate(): Response {
    if (this.#real === undefined) {
      const { headers } = this;
      if (!this.#reception.hasBody) this.#real = new Response(null, { headers });
      else this.#real = new Response(streamOf(this.#reception), { headers });
    }
    return this.#real;
  }
}
// Ends at Response.prototype, without what its constructor builds; whose it is, is Response too.
Reflect.deleteProperty(LazyResponse.prototype, 'constructor');
Object.setPrototypeOf(LazyResponse.prototype, Response.prototype);
Object.setPrototypeOf(LazyResponse, Response);
