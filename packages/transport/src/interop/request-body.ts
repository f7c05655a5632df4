import type { BodyInput } from '@tributary/pipeline';
import { joinChunks } from '../join-chunks.js';

const MOST_BUFFERED = 1024 * 1024;

/**
 * The body of a Request, which is a stream whatever it was made of: read, so that it can be sent again,
 * as long as it is no larger than 1 MiB; else what was read, and the rest of the stream.
 */
export const bodyOf = async (request: Request): Promise<BodyInput | undefined> => {
  if (request.body === null) return undefined;
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size <= MOST_BUFFERED) {
    const { done, value } = await reader.read();
    if (done) return joinChunks(chunks);
    chunks.push(value);
    size += value.length;
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = chunks.shift() ?? (await reader.read()).value;
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
};
