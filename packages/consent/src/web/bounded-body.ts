/** A body up to a cap: whole, or as a stream that begins with what was read already. */
export type BoundedBody =
  | { readonly whole: Uint8Array<ArrayBuffer> }
  | { readonly rest: ReadableStream<Uint8Array> };

export const readUpTo = async (
  body: ReadableStream<Uint8Array> | null,
  cap: number,
): Promise<BoundedBody> => {
  if (body === null) return { whole: new Uint8Array() };
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size <= cap) {
    const { done, value } = await reader.read();
    if (done) return { whole: new Uint8Array(Buffer.concat(chunks, size)) };
    chunks.push(value);
    size += value.byteLength;
  }
  return { rest: andTheRest(chunks, reader) };
};

const andTheRest = (
  read: Uint8Array[],
  reader: ReadableStreamDefaultReader<Uint8Array>,
): ReadableStream<Uint8Array> =>
  new ReadableStream({
    async pull(controller) {
      const first = read.shift();
      if (first !== undefined) return controller.enqueue(first);
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
