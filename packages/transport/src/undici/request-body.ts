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

const fromStream = (stream: ReadableStream<Uint8Array>): DispatchBody => {
  // Locks it, and throws where somebody else has.
  const reader = stream.getReader();
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

const fromBlob = (blob: Blob, contentType: string | undefined): DispatchBody =>
  blob.size === 0
    ? { body: '', contentType }
    : { ...fromStream(blob.stream()), contentType, length: blob.size };

/** What fetch does with a body, "extract a body" of its standard. */
export const dispatchBody = (body: WireBody): DispatchBody => {
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
    return fromBlob(blob, contentType);
  }
  if (body instanceof Blob) return fromBlob(body, body.type === '' ? undefined : body.type);
  return fromStream(body);
};
