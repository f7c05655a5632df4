import type { CallBody } from '../call/body.js';
import { RequestError } from '../errors/request-errors.js';

export type BodyInput = CallBody | ArrayBuffer | ArrayBufferView;

export interface ReadBody {
  readonly body: CallBody;
  /** What fetch would set for this body; FormData's is set with its boundary, per attempt. */
  readonly contentType?: string;
}

/**
 * A snapshot of the caller's body, so that changing the buffer later changes no attempt.
 * @throws RequestError for anything that fetch would turn into "[object Object]".
 */
export const readBody = (input: BodyInput, template?: string): ReadBody => {
  if (typeof input === 'string') return { body: input, contentType: 'text/plain;charset=UTF-8' };
  if (input instanceof URLSearchParams) {
    return {
      body: input.toString(),
      contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
    };
  }
  if (input instanceof ArrayBuffer) return { body: new Uint8Array(input.slice(0)) };
  if (ArrayBuffer.isView(input)) {
    const bytes = new Uint8Array(input.byteLength);
    bytes.set(new Uint8Array(input.buffer, input.byteOffset, input.byteLength));
    return { body: bytes };
  }
  if (input instanceof Blob) {
    return { body: input, ...(input.type !== '' && { contentType: input.type }) };
  }
  if (input instanceof FormData || input instanceof ReadableStream || typeof input === 'function') {
    return { body: input };
  }
  throw new RequestError(
    'body',
    'must be a string, bytes, URLSearchParams, FormData, Blob or a stream; give objects as JSON.stringify(…)',
    template,
  );
};
