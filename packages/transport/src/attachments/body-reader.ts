import { byobReaderOf } from '../byob-reader.js';

/** Reads a body with the memory of one chunk, where the body can fill a buffer of its reader's. */
export interface BodyReader {
  /** The next bytes, good until the next read; undefined at the end. */
  read(): Promise<Uint8Array | undefined>;
  cancel(): void;
}

const CHUNK = 64 * 1024;

/** @throws TypeError where somebody else reads the body */
export const bodyReader = (body: ReadableStream<Uint8Array> | null): BodyReader => {
  if (body === null) return { read: async () => undefined, cancel: () => {} };
  const byob = byobReaderOf(body);
  if (byob === undefined) {
    const reader = body.getReader();
    return {
      read: async () => (await reader.read()).value,
      cancel: () => void reader.cancel().catch(() => {}),
    };
  }
  let buffer = new ArrayBuffer(CHUNK);
  return {
    async read() {
      const { done, value } = await byob.read(new Uint8Array(buffer));
      if (value === undefined || done) return undefined;
      buffer = value.buffer;
      return value;
    },
    cancel: () => void byob.cancel().catch(() => {}),
  };
};
