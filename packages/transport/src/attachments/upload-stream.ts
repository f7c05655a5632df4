import { endStream, handOut } from './hand-out.js';
import type { BodyWatcher } from './upload-body.js';

/** The whole form, in chunks that are good until the next one; in the buffers given where it can. */
export type Form = (buffer: () => Uint8Array) => AsyncGenerator<Uint8Array>;

const CHUNK = 256 * 1024;

/** A form as a body, read only as fast as it is sent, into the buffer of whoever sends it if there is one. */
export const uploadStream = (form: Form, watcher: BodyWatcher): ReadableStream<Uint8Array> => {
  let isDropped = false;
  let own: Uint8Array | undefined;
  let view: Uint8Array | null | undefined;
  /** Of a chunk that the buffer had no room for. */
  let rest: Uint8Array | undefined;
  const chunks = form(() => {
    if (view) return view;
    own ??= new Uint8Array(CHUNK);
    return own;
  });

  /** The next bytes; undefined at the end. An empty chunk is none to a byte stream. */
  const next = async (): Promise<Uint8Array | undefined> => {
    for (;;) {
      const { value } = await chunks.next();
      if (!value || value.length > 0) return value ?? undefined;
    }
  };

  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      watcher.onActive();
      try {
        view = controller.byobRequest?.view as Uint8Array | null | undefined;
        const chunk = rest ?? (await next());
        if (isDropped) return;
        if (chunk === undefined) {
          endStream(controller);
          return;
        }
        const size = handOut(controller, chunk);
        rest = size < chunk.length ? chunk.subarray(size) : undefined;
      } catch (error) {
        // Nobody waits for this stream any more, while another may be on its way.
        if (!isDropped) watcher.onFailure(error);
        throw error;
      }
    },
    async cancel() {
      isDropped = true;
      watcher.onDropped();
      await chunks.return(undefined);
    },
  });
};
