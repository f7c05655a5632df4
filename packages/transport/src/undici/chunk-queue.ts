import { channel } from 'node:diagnostics_channel';

/** undici shows each chunk there; whoever listens may keep it. */
const shown = channel('undici:request:bodyChunkReceived');

interface Transferable {
  transfer(size: number): unknown;
}

/**
 * Gives a chunk's memory back now: V8 lets 64 MiB of used buffers lie before it looks which of them nobody
 * needs. Only where it holds all of its buffer, or another chunk may lie beside it.
 */
const free = ({ buffer, byteLength }: Uint8Array): void => {
  if (byteLength !== buffer.byteLength || shown.hasSubscribers) return;
  (buffer as ArrayBufferLike & Transferable).transfer(0);
};

/** What has arrived of a body and was not asked for yet. */
export class ChunkQueue {
  /** Whether nobody else has the chunks, so that those that were copied can be freed. */
  isOwner: boolean;
  /** Bytes in all. */
  size = 0;
  #chunks: Uint8Array[] = [];
  /** Bytes of the first one that were copied already. */
  #taken = 0;

  constructor(isOwner: boolean) {
    this.isOwner = isOwner;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.size += chunk.byteLength;
  }

  /** All there is, as it came. */
  takeAll(): readonly Uint8Array[] {
    const chunks = this.#chunks;
    if (this.#taken > 0) chunks[0] = (chunks[0] as Uint8Array).subarray(this.#taken);
    this.clear();
    return chunks;
  }

  clear(): void {
    this.#chunks = [];
    this.#taken = 0;
    this.size = 0;
  }

  /** The next chunk, in a buffer of its own: a byte stream takes it away. */
  next(): Uint8Array<ArrayBuffer> | undefined {
    const [first] = this.#chunks;
    if (first === undefined) return undefined;
    const copy = new Uint8Array(first.byteLength - this.#taken);
    this.fill(copy);
    return copy;
  }

  /** Copies as many bytes as there are and fit; answers how many. */
  fill(view: Uint8Array): number {
    let at = 0;
    for (let first = this.#chunks[0]; first !== undefined && at < view.length; ) {
      const part = first.subarray(this.#taken, this.#taken + view.length - at);
      view.set(part, at);
      at += part.length;
      this.#taken += part.length;
      if (this.#taken < first.length) break;
      this.#chunks.shift();
      this.#taken = 0;
      if (this.isOwner) free(first);
      first = this.#chunks[0];
    }
    this.size -= at;
    return at;
  }
}
