/** The chunks as one, with a buffer of its own, since that can be transferred. */
export const joinChunks = (chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  let size = 0;
  for (const chunk of chunks) size += chunk.byteLength;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return bytes;
};
