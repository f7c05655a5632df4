import { getDefaultHighWaterMark } from 'node:stream';
import { byobReaderOf } from '../byob-reader.js';
import type { WireBody } from '../terminal/wire-request.js';
import { encodeForm } from './encode-form.js';

/** A body as undici's dispatcher takes it, with what is known of it. */
export interface DispatchBody {
  readonly body: string | Uint8Array | AsyncIterable<Uint8Array>;
  /** Undefined where there is none to say by itself. */
  readonly contentType?: string | undefined;
  /** Bytes; undefined where undici counts them itself, or nobody knows. */
  readonly length?: number;
  /** To be called when the exchange is over: a stream that wasn't read to its end is cancelled. */
  readonly release?: (reason: unknown) => void;
}

const BUFFER = 256 * 1024;

interface ByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>;
  cancel(reason: unknown): Promise<void>;
}

/**
 * Reads a byte stream into the same two buffers by turns: V8 lets 64 MiB of used ones lie before it
 * collects them. undici asks for the next chunk when the socket has sent one that reaches its high-water
 * mark; a smaller one may still wait there, and is copied.
 */
const byTurns = (reader: ReadableStreamBYOBReader): ByteReader => {
  const waits = getDefaultHighWaterMark(false);
  let next: ArrayBuffer | undefined;
  let last: ArrayBuffer | undefined;
  return {
    async read() {
      const buffer = next ?? new ArrayBuffer(BUFFER);
      next = last;
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (value === undefined || done) return { done: true };
      last = value.buffer;
      return { done, value: value.byteLength < waits ? value.slice() : value };
    },
    cancel: (reason) => reader.cancel(reason),
  };
};

/** Locks the stream, and throws where somebody else has. */
const readerOf = (stream: ReadableStream<Uint8Array>, canReuse: boolean): ByteReader => {
  const byob = canReuse ? byobReaderOf(stream) : undefined;
  return byob === undefined ? stream.getReader() : byTurns(byob);
};

const fromStream = (stream: ReadableStream<Uint8Array>, canReuse: boolean): DispatchBody => {
  const reader = readerOf(stream, canReuse);
  let isDone = false;
  const release = (reason: unknown): void => {
    if (isDone) return;
    isDone = true;
    reader.cancel(reason).catch(() => {});
  };
  const iterator: AsyncIterator<Uint8Array> = {
    async next() {
      const { done, value } = await reader.read();
      if (done) {
        isDone = true;
        return { done: true, value: undefined };
      }
      if (!(value instanceof Uint8Array)) {
        const error = new TypeError('A body stream gives Uint8Arrays.');
        release(error);
        throw error;
      }
      return { done: false, value };
    },
    async return() {
      release(new Error('The request is over.'));
      return { done: true, value: undefined };
    },
  };
  return { body: { [Symbol.asyncIterator]: () => iterator }, release };
};

const fromBlob = (blob: Blob, contentType: string | undefined, canReuse: boolean): DispatchBody =>
  blob.size === 0
    ? { body: '', contentType }
    : { ...fromStream(blob.stream(), canReuse), contentType, length: blob.size };

/**
 * What fetch does with a body, "extract a body" of its standard. `canReuse`: whoever sends it asks for the
 * next chunk when the last one has gone out, and keeps none.
 */
export const dispatchBody = (body: WireBody, canReuse: boolean): DispatchBody => {
  if (typeof body === 'string') return { body, contentType: 'text/plain;charset=UTF-8' };
  if (body instanceof Uint8Array) return { body };
  if (body instanceof URLSearchParams) {
    return {
      body: body.toString(),
      contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
    };
  }
  if (body instanceof FormData) {
    const { blob, contentType } = encodeForm(body);
    return fromBlob(blob, contentType, canReuse);
  }
  if (body instanceof Blob) {
    return fromBlob(body, body.type === '' ? undefined : body.type, canReuse);
  }
  return fromStream(body, canReuse);
};
