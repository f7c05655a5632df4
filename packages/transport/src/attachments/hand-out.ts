import { hastenCollection } from './hasten-collection.js';

/**
 * Gives a chunk to whoever reads a byte stream, as far as it fits; answers how many bytes that were. The
 * chunk may lie in the reader's own buffer; else it is copied, so that its memory can be used again.
 */
export const handOut = (controller: ReadableByteStreamController, chunk: Uint8Array): number => {
  const request = controller.byobRequest;
  const view = request?.view as Uint8Array | null | undefined;
  if (!request || !view) {
    controller.enqueue(chunk.slice());
    hastenCollection(chunk.length);
    return chunk.length;
  }
  const size = Math.min(view.length, chunk.length);
  if (chunk.buffer !== view.buffer) view.set(chunk.subarray(0, size));
  request.respond(size);
  return size;
};

export const endStream = (controller: ReadableByteStreamController): void => {
  controller.close();
  controller.byobRequest?.respond(0);
};
