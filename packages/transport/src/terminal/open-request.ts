import { type CallBody, RequestError } from '@tributary/pipeline';
import type { WireRequest } from './wire-request.js';

const openStream = (make: () => ReadableStream<Uint8Array>, template: string) => {
  try {
    return make();
  } catch (cause) {
    const error = new RequestError('body', 'the function that makes the stream threw', template);
    error.cause = cause;
    throw error;
  }
};

/** Asks a factory for its stream: anew for each request. */
export const openRequest = (request: WireRequest<CallBody>, template: string): WireRequest => {
  const { body } = request;
  return typeof body === 'function'
    ? { ...request, body: openStream(body, template) }
    : (request as WireRequest);
};
