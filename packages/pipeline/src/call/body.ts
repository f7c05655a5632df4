/** A body that can be sent again: the terminal makes a new stream, or a new encoding, per attempt. */
export type ReplayableBody =
  | string
  | Uint8Array<ArrayBuffer>
  | URLSearchParams
  | FormData
  | Blob
  | (() => ReadableStream<Uint8Array>);

/** A stream is one shot: once a byte of it was read it can't be sent again. */
export type CallBody = ReplayableBody | ReadableStream<Uint8Array>;

/** The only judge of whether a call may be sent a second time with the same body. */
export const isReplayable = (body: CallBody | undefined): body is ReplayableBody | undefined =>
  !(body instanceof ReadableStream);
