import { type AuthenticatedCall, type CallOptions, RequestError } from '@tributary/pipeline';

declare module '@tributary/pipeline' {
  interface CallOptions {
    /**
     * How many bytes a body that is a stream, or a function that makes one, will have. Without it such a
     * body goes out in chunks, its length unsaid. Browsers leave it out.
     */
    readonly contentLength?: number;
  }
}

/**
 * The Content-Length to send, where only the caller can know it. It is no header of the caller's, since one
 * that is wrong makes a second request out of the rest.
 * @throws RequestError unless it is a whole number of bytes
 */
export const contentLengthOf = (call: AuthenticatedCall): string | undefined => {
  const { contentLength }: CallOptions = call.options;
  if (contentLength === undefined) return undefined;
  if (!Number.isSafeInteger(contentLength) || contentLength < 0) {
    throw new RequestError('contentLength', 'must be a whole number of bytes', call.template);
  }
  const { body } = call;
  return typeof body === 'function' || body instanceof ReadableStream
    ? String(contentLength)
    : undefined;
};
