/** A response whose body says what became of it. */
export interface WatchedResponse {
  readonly response: Response;
  readonly text: string;
  /** Read to its end, or cancelled: its connection is free again. */
  isDone(): boolean;
}

const CHUNKS = 3;

export const watchedResponse = (
  status: number,
  headers: Record<string, string> = {},
): WatchedResponse => {
  const chunk = JSON.stringify({ message: `answer ${status}` }).padEnd(64);
  let sent = 0;
  let isDone = false;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
    {
      pull(controller) {
        if (sent === CHUNKS) {
          isDone = true;
          controller.close();
          return;
        }
        sent += 1;
        controller.enqueue(new TextEncoder().encode(chunk));
      },
      cancel() {
        isDone = true;
      },
    },
    // Nothing is pulled before somebody reads.
    { highWaterMark: 0 },
  );
  return {
    response: new Response(body, { status, headers }),
    text: chunk.repeat(CHUNKS),
    isDone: () => isDone,
  };
};
