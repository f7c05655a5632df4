import { RequestError } from '@tributary/pipeline';
import type { Content } from './content.js';
import { type Hasher, sha256 } from './hasher.js';
import type { Envelope } from './multipart.js';
import { uploadStream } from './upload-stream.js';

/** What is noticed of a body while it is sent. */
export interface BodyWatcher {
  /** A try begins, or goes on: the transport asks for bytes. */
  onActive(): void;
  /** The try was given up; another may begin. */
  onDropped(): void;
  /** Bytes of the content so far, in this try. */
  onBytes(transferred: number): void;
  /** The content can't be read: no use to try again. */
  onFailure(error: unknown): void;
}

export interface UploadBody {
  /** A new stream of the whole form. */
  open(): ReadableStream<Uint8Array>;
  /** Of the whole form, where it is known. */
  readonly length: number | undefined;
  /** Bytes of the content in the last try. */
  readonly transferred: number;
  /** Of the content in the last try, when it was read to its end. */
  digest(): string | undefined;
}

const mismatch = (size: number, found: string): RequestError =>
  new RequestError('size', `says ${size} bytes, but the content has ${found}; it may have changed`);

/** One form as a body, counted and hashed as it goes by. It is read only as fast as it is sent. */
export const uploadBody = (
  content: Content,
  envelope: Envelope,
  watcher: BodyWatcher,
): UploadBody => {
  const { size } = content;
  let transferred = 0;
  let hasher: Hasher | undefined;

  async function* form(buffer: () => Uint8Array): AsyncGenerator<Uint8Array> {
    transferred = 0;
    hasher = sha256();
    yield envelope.before;
    for await (const chunk of content.read(buffer)) {
      if (!(chunk instanceof Uint8Array)) throw new RequestError('stream', 'must give bytes');
      transferred += chunk.length;
      if (size !== undefined && transferred > size) throw mismatch(size, 'more');
      hasher?.update(chunk);
      watcher.onBytes(transferred);
      yield chunk;
    }
    if (size !== undefined && transferred < size) throw mismatch(size, `${transferred}`);
    yield envelope.after;
  }

  const open = () => uploadStream(form, watcher);

  return {
    open,
    length: size === undefined ? undefined : envelope.before.length + size + envelope.after.length,
    get transferred() {
      return transferred;
    },
    digest: () => hasher?.digest(),
  };
};
