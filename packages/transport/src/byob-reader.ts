/**
 * A reader that fills its owner's buffers; undefined where the stream fills none, as some browsers' answers
 * don't, or where somebody else reads it.
 */
export const byobReaderOf = (
  stream: ReadableStream<Uint8Array>,
): ReadableStreamBYOBReader | undefined => {
  try {
    return stream.getReader({ mode: 'byob' });
  } catch {
    return undefined;
  }
};
