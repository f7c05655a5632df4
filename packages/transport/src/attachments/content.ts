import { RequestError } from '@tributary/pipeline';
import { bodyReader } from './body-reader.js';
import { openFile } from './file-content.js';
import { hastenCollection } from './hasten-collection.js';

type Stream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

/** What an attachment is made of: one of these. */
export type AttachmentContent =
  | {
      /** Path or file: URL. */
      readonly file: string | URL;
    }
  | { readonly blob: Blob }
  | { readonly bytes: Uint8Array | ArrayBuffer }
  | {
      /** Web stream or Node's; given as a function that makes one, it can be sent again. */
      readonly stream: Stream | (() => Stream);
      /** In bytes, where it is known: the upload then says its length. */
      readonly size?: number;
    };

/** Content that is ready to be read, as often as it has to be sent. */
export interface Content {
  readonly name?: string;
  readonly type?: string;
  readonly size: number | undefined;
  /** Whether `read` works a second time. */
  readonly isReplayable: boolean;
  /** In chunks that are good until the next one only; where it can, in the buffers that it is given. */
  read(buffer: () => Uint8Array): AsyncIterable<Uint8Array>;
}

/** By a reader: not every browser iterates streams. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = bodyReader(stream);
  try {
    for (;;) {
      const chunk = await reader.read();
      if (chunk === undefined) return;
      yield chunk;
    }
  } finally {
    // After the last chunk this does nothing.
    reader.cancel();
  }
}

async function* iterate(stream: Stream): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream instanceof ReadableStream ? chunksOf(stream) : stream) {
    yield chunk;
    hastenCollection(chunk.length);
  }
}

const LARGEST_SLICE = 256 * 1024;

/** In slices, so that one chunk doesn't wait whole for the socket. */
async function* slicesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += LARGEST_SLICE) {
    yield bytes.subarray(at, at + LARGEST_SLICE);
  }
}

const KINDS = ['file', 'blob', 'bytes', 'stream'] as const;

const openStream = (stream: Stream | (() => Stream), size: number | undefined): Content => {
  if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) {
    throw new RequestError('size', 'must be a whole number of bytes');
  }
  if (typeof stream === 'function') {
    return { size, isReplayable: true, read: () => iterate(stream()) };
  }
  if (stream instanceof ReadableStream || Symbol.asyncIterator in Object(stream)) {
    return { size, isReplayable: false, read: () => iterate(stream) };
  }
  throw new RequestError('stream', 'must be a stream of bytes, or a function that makes one');
};

/**
 * Reads what the content is, once.
 * @throws RequestError unless exactly one kind of it is given, and is what it says
 */
export const openContent = async (given: AttachmentContent): Promise<Content> => {
  const own = given as Readonly<Record<string, unknown>>;
  const kinds = KINDS.filter((kind) => own[kind] !== undefined);
  if (kinds.length !== 1) {
    throw new RequestError('content', `give exactly one of ${KINDS.join(', ')}`);
  }
  if ('file' in given && given.file !== undefined) {
    const { name, size, read } = await openFile(given.file);
    return { name, size, isReplayable: true, read };
  }
  if ('stream' in given && given.stream !== undefined) {
    return openStream(given.stream, given.size);
  }
  if ('blob' in given && given.blob instanceof Blob) {
    const { blob } = given;
    return {
      ...('name' in blob && typeof blob.name === 'string' && { name: blob.name }),
      ...(blob.type !== '' && { type: blob.type }),
      size: blob.size,
      isReplayable: true,
      read: () => chunksOf(blob.stream()),
    };
  }
  if ('bytes' in given) {
    const { bytes } = given;
    const view = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : bytes;
    if (view instanceof Uint8Array) {
      return { size: view.length, isReplayable: true, read: () => slicesOf(view) };
    }
  }
  throw new RequestError(String(kinds[0]), 'is not what its name says');
};
